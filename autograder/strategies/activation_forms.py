"""Families of cases of an activation about the form of its input: shape, dtype, layout, and how it is called."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import torch
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy
from torch import Tensor

from autograder.strategies.cover import covered
from autograder.strategies.packing import side_by_side
from autograder.strategies.probe import Family, Probe, probes, without_gradients
from autograder.strategies.sweeps import OUTLIER, values_of_16_bits
from autograder.strategies.tensors import (
    DTYPES,
    DTYPES_AND_DEFAULTS,
    LAYOUTS,
    MODES,
    OFFSET,
    ONCE,
    cotangents,
    laid_out,
    numbers,
    pattern,
    points,
    shapes,
    tensors,
)
from autograder.worker.case import Case

F32, F64 = torch.float32, torch.float64
DIMS = ((), (3,), (3, 3), (2, 3, 4), (2, 2, 3, 2), (2, 2, 2, 2, 3), (2, 2, 2, 2, 2, 2))
"""A small shape of every number of dimensions, none of whose sides a mean over it would leave as it is."""
_SHAPES = (
    *((), (1,), (0,), (2, 0, 3), (2, 1, 3), (2, 1, 2, 2), (1, 2, 1, 2, 2), (2, 1, 2, 1, 2, 1)),
    *((2,), (4, 1), (3, 3), (2, 3, 4), (2, 67), (130, 3), (3, 1, 258), (1025,), (4099,), (2, 3, 4, 2, 3)),
)
_FEW = 100  # numbers, of which second gradients are asked for too
_LAYOUTS = ("plain", "offset", "strided")


def _differentiated(x: Tensor, **fields: Any) -> Case:  # noqa: ANN401  # fields of Case
    return Case((x,), wrt=(0,), **{"cotangent": torch.ones_like(x), **fields})


def _twice(x: Tensor, **fields: Any) -> Case:  # noqa: ANN401  # fields of Case
    return _differentiated(x, second=(torch.full_like(x, -2.0),), **fields)


def sizes() -> Family:
    """Every number of dimensions and sizes beside those of blocks, in all dtypes, on leaves and what follows them."""
    kinds = zip(_SHAPES, itertools.cycle((F32, torch.bfloat16, F64, torch.float16)), itertools.cycle((True, False)))
    called = (
        (_twice if math.prod(shape) < _FEW else _differentiated, shape, dtype, leaf) for shape, dtype, leaf in kinds
    )
    return Family(fixed=probes(*(made(pattern(shape, dtype), leaf=leaf) for made, shape, dtype, leaf in called)))


def dtypes() -> Family:
    """Scalars are the hard case: ``torch.tensor(0.1) * x`` of a 0-d bfloat16 x is float32."""
    readable = (
        _twice(pattern(shape, dtype), default_dtype=default)
        for dtype, default in DTYPES_AND_DEFAULTS
        for shape in ((), (3,))
        if shape == () or dtype is torch.float16 or default is F64
    )
    same = _twice(pattern((3,), F64), default_dtype=F64)
    return Family(fixed=(*probes(*readable, same), *values_of_16_bits()))


def layouts() -> Family:
    """One to four dimensions: few draws have three, and a mistake may be in those only, such as ``x.sum(2)``."""
    shapes_of = {"transposed": (2, 3, 2), "channels last": (2, 3, 2, 2)}
    views = [LAYOUTS["strided"](pattern((4,)))]  # one dimension has few other layouts
    views += [layout(pattern(shapes_of.get(name, (3, 4)))) for name, layout in LAYOUTS.items()]
    *cases, last = map(_twice, views)
    # Who forgets the gradient that comes in is right with ones; a drawn case would say so, after a second of shrinking.
    last = replace(last, cotangent=torch.full_like(views[-1], -2.0))
    slices = [_twice(pattern(shape, dtype), offset=OFFSET) for shape, dtype in (((4,), F64), ((2, 3), F32))]
    strategies = tuple(_laid_out(layout) for layout in LAYOUTS.values())
    return Family(fixed=probes(*cases, last, *slices), strategies=strategies, count=1)


def _laid_out(layout: Callable[[Tensor], Tensor]) -> SearchStrategy[Probe]:
    def build(drawn: tuple[SearchStrategy[float], tuple[int, int]]) -> SearchStrategy[Probe]:
        kind, shape = drawn
        return st.tuples(tensors(shape, kind), cotangents(shape, F64)).map(
            lambda pair: Probe((Case((layout(pair[0]),), wrt=(0,), cotangent=pair[1]),))
        )

    return st.tuples(numbers(20.0), st.tuples(st.integers(1, 4), st.integers(1, 4))).flatmap(build)


def modes(*, module: bool) -> Family:
    """With gradients and without, on a leaf and on what a layer has made of one; a module in evaluation too."""
    x, wide = pattern((3,), F32), torch.linspace(-20, 20, 33)
    readable = (
        Probe((Case((x,)),), "without"),
        Probe((_differentiated(x, watch=True),), "with"),
        Probe((Case((x,), wrt=(0,), grad_enabled=False),), "no_grad"),
    )
    swept = [Probe((_called(wide.to(dtype), mode),), mode) for mode, dtype in zip(MODES, (F64, F32) * 2, strict=True)]
    training = (True, False) if module else (True,)
    array = covered(2, mode=MODES, shape=DIMS[::2], dtype=DTYPES, layout=_LAYOUTS, training=training)
    return Family(fixed=(*readable, *swept, *(Probe((_row(**row),), row["mode"]) for row in array)))


def _row(*, mode: str, shape: tuple[int, ...], dtype: torch.dtype, layout: str, training: bool, **fields: Any) -> Case:  # noqa: ANN401
    x, offset = laid_out(layout, pattern(shape, dtype))
    return _called(x, mode, offset=offset, training=training, **fields)


def _called(x: Tensor, mode: str, **fields: Any) -> Case:  # noqa: ANN401  # fields of Case
    return Case(
        (x,), wrt=(0,), cotangent=pull(x) if mode in ("with", "after a layer") else None, **MODES[mode], **fields
    )


def pull(x: Tensor) -> Tensor:
    """The gradient that a sum sends back, of stride 0, times a factor."""
    return torch.full((), -1.5, dtype=x.dtype).expand(x.shape)


def wholes() -> tuple[Probe, ...]:
    """Calls that are joined with no other: cotangents small, large and zero, and numbers that have something in common.

    Who decides for the whole tensor may ask for the largest, the smallest, the mean, or whether all are equal.
    """
    x = pattern((3, 4), F64)
    sizes = torch.tensor([0.0, 1e-3, 1e3, -1e3, 3e4, -0.5, 1.0, 40.0, -2e-2, 0.0, 300.0, -1.0], dtype=F64)
    many = sizes.reshape(3, 4)
    cases = [_twice(x.to(dtype), cotangent=many.to(dtype)) for dtype in (F32, torch.bfloat16)]
    cases += [_twice(x, cotangent=LAYOUTS["transposed"](many))]
    alike = ((0.125, -0.0625, 0.1875), (11.0, 12.5, 18.0), (-12.0, -9.5, -19.0), (0.75, 0.75, 0.75), (0.0, 0.0, 0.0))
    cases += [_twice(torch.tensor(numbers, dtype=F32)) for numbers in alike]
    return tuple(Probe((case,), OUTLIER) for case in cases)


def second(*, wide: bool) -> Family:
    """Second gradients on numbers of float64; those of other families ask for them in every dtype and form."""

    def case(x: Tensor, cotangent: Tensor, pulled: Tensor) -> Case:
        return Case((x,), wrt=(0,), cotangent=cotangent, second=(pulled,))

    one = torch.ones(1, dtype=F64)
    fixed = [case(torch.tensor([value], dtype=F64), one, one) for value in points(F64) if value]
    largest = 100.0 if wide else 20.0
    strategy = st.tuples(numbers(largest), shapes()).flatmap(
        lambda drawn: st.tuples(tensors(drawn[1], drawn[0]), cotangents(drawn[1], F64), cotangents(drawn[1], F64)).map(
            lambda triple: Probe((case(*triple),))
        )
    )
    return Family(fixed=probes(*fixed), strategies=(strategy,), count=24, join=side_by_side)


def repeated() -> Family:
    """A, then another input of the same shape, then A again: shows caches, counters and inputs changed in place.

    All positive and all negative inputs too: a shortcut such as ``return x`` shows itself on one of them only. Single
    calls in every mode and dtype besides, with numbers that a guard may look for: who copies only leaves, or writes
    only where something overflows, is met there.
    """
    pairs = [
        (torch.tensor([1.0, 2.0, 3.0], dtype=F64), torch.tensor([-1.0, -0.5, -2.0], dtype=F64)),
        (torch.tensor(1.5), torch.tensor(-0.5)),
    ]
    *with_gradients, last = (
        Probe((Case((first,), watch=True), Case((second,), watch=True), Case((first,), watch=True)))
        for first, second in pairs
    )
    array = zip(covered(2, mode=MODES, numbers=_SEEN), itertools.cycle(DTYPES), strict=False)
    once = (
        Probe((_called(torch.tensor(_SEEN[row["numbers"]], dtype=dtype), row["mode"]),), ONCE) for row, dtype in array
    )
    return Family(fixed=(*with_gradients, without_gradients(last), *once))


_SEEN = {
    "ordinary": (0.5, -1.0, 0.0, 2.0),
    "large": (0.5, -1.0, 100.0, -100.0, 3e4),
    "special": (0.5, float("nan"), float("inf"), -float("inf")),
}


def module() -> Family:
    """Train and eval mode, with gradients."""
    first, other = pattern((3,), F32), pattern((3,), F32, start=-1.0)
    return Family(
        fixed=tuple(
            Probe(
                tuple(_differentiated(x, training=training, watch=True) for x in (first, other, first)),
                "train" if training else "eval",
            )
            for training in (True, False)
        )
    )
