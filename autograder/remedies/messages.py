"""Sentences for messages of Python and torch whose words alone say what to do."""

from __future__ import annotations

import re
from typing import NamedTuple

from autograder.language import N_, _


class _Rule(NamedTuple):
    """A pattern of ``TYPE: message`` or ``returns TYPE``, and what to do; groups fill its placeholders."""

    pattern: re.Pattern[str]
    sentence: str


_PAIRS = "max|min|sort|topk|median|nanmedian|mode|kthvalue|cummax|cummin|aminmax|qr|slogdet|frexp"
_CALLABLES = r"'(?:builtin_function_or_method|function|method|method_descriptor|type)'"
_NOT_CALLED = N_("a function stands there that is not called: are its ( ) missing?")
_PAIR = N_("torch.{name} returns a pair there, values and indices: take its .values")
_TWO_TENSORS = N_("torch.{name} compares two tensors: torch.where(x <= 0, 0.0, x) takes a number too")
_DIMENSIONS = N_(
    "the input has another number of dimensions here: count from the end, dim=-1, or look at input.dim() first"
)

_RULES = (
    _Rule(re.compile(r"\"bitwise_xor\w*\" not implemented|for \^=?:"), N_("^ is no power in Python: write **")),
    _Rule(
        re.compile(r"\"bitwise_(?:and|or)\w*\" not implemented|for [&|]=?:"),
        N_("& and | go before comparisons: write (x > 0) & (x < 1), with the parentheses"),
    ),
    _Rule(
        re.compile(r"\"bitwise_not\w*\" not implemented|bad operand type for unary ~"),
        N_("~ is for masks of booleans: for a number write -x, or 1 - x"),
    ),
    _Rule(re.compile(rf"torch\.return_types\.(?P<name>{_PAIRS})\b|^returns (?P<name_>{_PAIRS})$"), _PAIR),
    _Rule(re.compile(r"TypeError: (?P<name>maximum|minimum)\(\): argument"), _TWO_TENSORS),
    _Rule(
        re.compile(
            r"TypeError: (?P<name>max|min)\(\) received an invalid combination of arguments - got \((?:int|float)"
        ),
        _TWO_TENSORS,
    ),
    _Rule(
        re.compile(
            r"TypeError: (?P<name>\w+)\(\): argument .* must be Tensor, not (?P<type>int|float|bool|str|list|tuple)"
        ),
        N_("torch.{name} takes a tensor there, not {type}"),
    ),
    _Rule(
        re.compile(
            r"leaf Variable that requires grad .*in-place|modified by an inplace operation|element of the written-to"
        ),
        N_(
            "change no tensor in place: the input belongs to the caller, and autograd needs its numbers; make a new one"
        ),
    ),
    _Rule(
        re.compile(r"size of tensor a \(\d+\) must match the size of tensor b"),
        N_("the shapes do not broadcast: a sum or a maximum over a dim keeps that dim with keepdim=True"),
    ),
    _Rule(
        re.compile(r"Dimension out of range|values to unpack|too many indices for tensor|tuple index out of range"),
        _DIMENSIONS,
    ),
    _Rule(
        re.compile(r"Index tensor must have the same number of dimensions"),
        N_("gather takes an index with as many dimensions as its input: index.unsqueeze(dim), then squeeze(dim)"),
    ),
    _Rule(
        re.compile(
            r"[Ee]xpected (?:dtype )?int(?:32/int)?64|tensors used as indices must|only integer tensors of a single"
        ),
        N_("an index is a tensor of integers: neither probabilities nor other numbers with a point are indices"),
    ),
    _Rule(
        re.compile(r"\bindex -\d+ is out of bounds"),
        N_("a target equal to ignore_index is no class: replace it by one before it is looked up"),
    ),
    _Rule(
        re.compile(r"\bindex \d+ is out of bounds|index out of range in self"),
        N_("an index counts from 0 to one less than the size of its dimension: compare the shapes in this call"),
    ),
    _Rule(
        re.compile(r"Expected reduction dim to be specified for input\.numel\(\) == 0"),
        N_("an empty tensor has no maximum and no minimum: look at numel() first"),
    ),
    _Rule(
        re.compile(r"zero-dimensional tensor \(.*\) cannot be concatenated"),
        N_("torch.cat joins along a dim that is there: torch.stack makes a new one"),
    ),
    _Rule(
        re.compile(r"on the same device"),
        N_("a tensor that you make lives on the CPU: make it with device=x.device"),
    ),
    _Rule(
        re.compile(r"[Ee]xpected (?:scalar type|m1 and m2 to have the same dtype)|to have the same dtype"),
        N_("a tensor that you make has torch's default dtype: make it with dtype=x.dtype"),
    ),
    _Rule(
        re.compile(r"view size is not compatible"), N_("view wants numbers that lie in order in memory: use reshape")
    ),
    _Rule(
        re.compile(r"shape '.*' is invalid for input of size"),
        N_("a new shape must hold as many numbers as the old one: take its sizes from input.shape"),
    ),
    _Rule(
        re.compile(r"iteration over a 0-d tensor|len\(\) of a 0-d tensor"),
        N_("a scalar tensor has nothing to loop over: operations on whole tensors and numel() take every shape"),
    ),
    _Rule(
        re.compile(r"'torch\.Size' object is not callable"), N_("shape is no function: write x.shape[0] or x.size(0)")
    ),
    _Rule(re.compile(r"'(?:int|float|Tensor)' object is not callable"), N_("is a * missing before the parenthesis?")),
    _Rule(re.compile(rf"{_CALLABLES} object is not subscriptable"), N_("a function is called with ( ), not with [ ]")),
    _Rule(
        re.compile(rf"(?:unsupported operand|bad operand).*{_CALLABLES}|must be Tensor, not {_CALLABLES[1:-1]}"),
        _NOT_CALLED,
    ),
    _Rule(re.compile(rf"^returns {_CALLABLES[1:-1]}$"), _NOT_CALLED),
    _Rule(
        re.compile(r"TypeError: .*'NoneType'|AttributeError: 'NoneType' object|must be Tensor, not NoneType"),
        N_("something is None there: an option that was not given, or a function without return"),
    ),
    _Rule(
        re.compile(r"UnboundLocalError: .*variable '(?P<name>\w+)'"),
        N_("{name} gets its value below, or in one branch only: give it one before this line"),
    ),
    _Rule(
        re.compile(r"RecursionError"), N_("the function calls itself without end: build it from operations of torch")
    ),
    _Rule(re.compile(r"^returns tuple$"), N_("is there a comma too many after return?")),
    _Rule(re.compile(r"^returns list$"), N_("torch.stack makes one tensor of a list of tensors")),
)


def told_by(error: str) -> str | None:
    """What to do, where the message alone says it."""
    for pattern, sentence in _RULES:
        if found := pattern.search(error):
            names = {key.rstrip("_"): value for key, value in found.groupdict().items() if value is not None}
            return _(sentence).format(**names)
    return None
