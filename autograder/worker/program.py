"""Programs: the calls on torch that led from a call's inputs to its output, as data; written by workers, trusted never.

A program is a JSON object: ``{"inputs": 2, "steps": [...], "end": [...]}``. Values are numbers, the inputs first. A
step is a list that begins with its kind:

- ``["call", name, args, kwargs, made]``: a public function is called; ``made`` is a value, a list of values, or null.
- ``["read", name, args, kwargs, outcome]``: code reads a number, and goes on as this outcome has it: a guard.
- ``["raises", name, args, kwargs]``: a call that raises, which the code may have caught.
- ``["constant", value, dtype, shape, numbers, device, requires_grad]``: a few numbers from elsewhere.
- ``["stale", value]``: a tensor that an earlier call has left, whose numbers are another input's.
- ``["alias", value, value, leaf, requires_grad]``: the same memory under another name; a leaf is cut off from
  autograd's graph, as nn.Parameter(x) is, and torch.Tensor(x) is not.
- ``["set", grad, inference, default dtype, autocast]``: torch is set otherwise from here on.
- ``["function", ...]``: an ``autograd.Function``, its forward and backward pass as steps of their own.

A program ends with ``["value", value]``, ``["type", name]`` for what is no tensor, or ``["raised", type, bases,
message, line]``. Arguments are plain data: numbers, texts, null, lists, and objects with one key: ``v`` a value, ``t``
a tuple, ``r`` a list that counts evenly, by its first and last number and the step, ``s`` a slice, ``k`` an ellipsis,
``d`` a dtype, ``p`` a device, ``m`` a layout or memory format.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from autograder.worker.terms import DTYPES, LAYOUTS, Refused
from autograder.worker.wire import ProtocolError

Json = Any

FEW = 32
"""Numbers that one constant may have: a value of the learner's own, not a table of answers."""
MANY = 1024
"""Numbers that a program may have in all its lists and constants, and different fractions in all its arguments."""
SHORT = 8
"""A list that short is a shape or some dimensions, and no table."""
MAX_STEPS = 8_000
MAX_TEXT = 1 << 20  # characters of a program
SURELY_READ = 2 * MANY
"""Characters below which a program cannot say too much."""
MAX_STRING = 600
MAX_DEPTH = 8


class TooMuch(ProtocolError):
    """A program that says more than a program may; ``why`` is what an honest process says in its place."""

    def __init__(self, message: str, why: Refused | None) -> None:
        super().__init__(message)
        self.why = why


@dataclass(frozen=True, slots=True)
class Program:
    """A program that is formed as it must be, whatever it computes.

    Args:
        text: as it was written, which is what makes two programs the same.
        names: of the functions it calls, each once, in order.
        steps: likewise of the JSON.
        end: likewise.
        inputs: how many tensors it takes.
        has_functions: whether an ``autograd.Function`` of the learner's is among its steps.

    """

    text: str
    names: tuple[str, ...]
    steps: Sequence[Json]
    end: Json
    inputs: int
    has_functions: bool


@functools.lru_cache(maxsize=4096)
def read_program(text: str) -> Program:
    """A program's text, checked; ProtocolError where it is not one."""
    if len(text) > MAX_TEXT:
        raise TooMuch(f"a program is too long: characters={len(text)}", None)
    try:
        data = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise ProtocolError("a program is not JSON") from error
    return _Reader(text, data).program()


class _Reader:
    """Checks one program from its first step to its end."""

    def __init__(self, text: str, data: Json) -> None:
        if type(data) is not dict or data.keys() != {"inputs", "steps", "end"} or type(data["steps"]) is not list:
            raise ProtocolError("a program is not an object of inputs, steps and end")
        self._text, self._data = text, data
        self._defined = set(range(_count(data["inputs"], 64)))
        self._names: dict[str, None] = {}
        self._steps = 0
        self._numbers = 0
        self._fractions: set[float] = set()
        self._functions = False

    def program(self) -> Program:
        """The program; ProtocolError where anything is not as it must be."""
        data = self._data
        self._code(data["steps"])
        self._end(data["end"])
        return Program(self._text, tuple(self._names), data["steps"], data["end"], data["inputs"], self._functions)

    def _code(self, steps: Json) -> None:
        if type(steps) is not list:
            raise ProtocolError("the steps of a program are not a list")
        self._steps += len(steps)
        if self._steps > MAX_STEPS:
            raise TooMuch(f"a program has too many steps: steps={self._steps}", None)
        for step in steps:
            if type(step) is not list or not step or type(step[0]) is not str or step[0] not in self._KINDS:
                raise ProtocolError("a step is not a list that begins with its kind")
            length, check = self._KINDS[step[0]]
            if len(step) != length:
                raise ProtocolError(f"a step has a wrong length: kind={step[0]}")
            check(self, step)

    def _called(self, step: list[Json]) -> None:
        name, args, kwargs = step[1:4]
        if type(args) is not list or type(kwargs) is not dict:
            raise ProtocolError("a call's arguments are not a list and an object")
        self._names.setdefault(_string(name))
        for value in args:
            self._argument(value)
        for key, value in kwargs.items():
            _string(key)
            self._argument(value)

    def _call(self, step: list[Json]) -> None:
        self._called(step)
        made = step[4]
        for item in made if type(made) is list else [made]:
            if item is not None:
                self._define(item)

    def _read(self, step: list[Json]) -> None:
        self._called(step)
        _plain(step[4])

    def _constant(self, step: list[Json]) -> None:
        _, value, dtype, shape, numbers, device, grad = step
        if type(dtype) is not str or dtype not in DTYPES or type(grad) is not bool:
            raise ProtocolError("a constant has no known dtype")
        count = 1
        for side in _list(shape, 64):
            count *= _count(side, FEW)
        if count > FEW or len(_list(numbers, FEW)) != count or any(type(n) not in (int, float, bool) for n in numbers):
            raise ProtocolError("a constant's numbers are not as many as its shape says, or too many")
        self._numbers_more(count)
        _string(device)
        self._define(value)

    def _alias(self, step: list[Json]) -> None:
        self._use(step[2])
        if type(step[3]) is not bool or type(step[4]) is not bool:
            raise ProtocolError("an alias does not say whether it requires a gradient")
        self._define(step[1])

    def _set(self, step: list[Json]) -> None:
        _, grad, inference, dtype, autocast = step
        if type(grad) is not bool or type(inference) is not bool or not _is_settable(dtype):
            raise ProtocolError("a setting is not known")
        if autocast is not None and not _is_settable(autocast):
            raise ProtocolError("a dtype of autocast is not known")

    def _function(self, step: list[Json]) -> None:
        _, args, forward, results, many, saved, options, backward, made = step
        self._functions = True
        for value in _list(args, 64):
            self._argument(value)
        if type(many) is not bool or type(options) is not dict or options.keys() != {"dirty", "fixed", "zeros"}:
            raise ProtocolError("a Function does not say what it returns")
        for index in (*_list(options["dirty"], 64), *_list(options["fixed"], 64)):
            _count(index, 64)
        if type(options["zeros"]) is not bool:
            raise ProtocolError("a Function does not say whether gradients are made of zeros")
        self._code(forward)
        for value in (*_list(results, 64), *_list(saved, 256)):
            if value is not None:
                self._use(value)
        for value in _list(made, 64):
            if value is not None:
                self._define(value)
        if backward is not None:
            self._backward(backward)

    def _backward(self, backward: Json) -> None:
        cotangents, steps, end = _list(backward, 3, exactly=True)
        outside = set(self._defined)
        for value in _list(cotangents, 64):
            if value is not None:
                self._define(value)
        self._code(steps)
        if type(end) is list and end and end[0] == "raised":
            _raised(end)
        else:
            for value in _list(end, 64):
                if value is not None:
                    self._use(value)
        self._defined = outside

    def _end(self, end: Json) -> None:
        match end:
            case ["value", value]:
                self._use(value)
            case ["type", str(name)]:
                _string(name)
            case ["raised", *_]:
                _raised(end)
            case ["refused", str(why)] if why in set(Refused):
                pass
            case _:
                raise ProtocolError("a program has no end")

    def _argument(self, value: Json, depth: int = 0) -> None:
        kind = type(value)
        if value is None or kind is bool:
            return
        if kind is float:
            self._fractions.add(value)
            self._numbers_more(0)
        elif kind is int:
            if not -(1 << 63) <= value < 1 << 64:
                raise ProtocolError("a number is too large")
        elif kind is str:
            _string(value)
        elif kind is list:
            self._items(value, depth)
        elif kind is dict and len(value) == 1:
            ((key, held),) = value.items()
            self._object(key, held, depth)
        else:
            raise ProtocolError("an argument is no plain data")

    def _items(self, values: list[Json], depth: int) -> None:
        if depth > MAX_DEPTH:
            raise ProtocolError("an argument is nested too deeply")
        self._numbers_more(sum(type(value) in (int, float) for value in values) if len(values) > SHORT else 0)
        for value in values:
            self._argument(value, depth + 1)

    def _object(self, key: str, value: Json, depth: int) -> None:
        if key == "v":
            self._use({"v": value})
        elif key == "t":
            self._items(_list(value, MAX_STEPS), depth)
        elif key == "r":
            first, last, step = (_whole(item) for item in _list(value, 3, exactly=True))
            if step == 0 or not 0 <= (last - first) // step <= MAX_STEPS:
                raise ProtocolError("a list that counts has no end")
        elif key == "s":
            self._items(_list(value, 3, exactly=True), depth)
        elif not (
            (key == "k" and value == "...")
            or (key == "d" and type(value) is str and value in DTYPES)
            or (key == "m" and type(value) is str and value in LAYOUTS)
            or (key == "p" and type(value) is str and len(value) < 40)
        ):
            raise ProtocolError("an argument is of an unknown kind")

    def _numbers_more(self, count: int) -> None:
        self._numbers += count
        if self._numbers > MANY or len(self._fractions) > MANY:
            raise TooMuch(f"a program holds too many numbers of its own: more than {MANY}", Refused.OUTSIDE)

    def _use(self, value: Json) -> None:
        if type(value) is not dict or value.keys() != {"v"} or type(value["v"]) is not int:
            raise ProtocolError("a value is not a number")
        if value["v"] not in self._defined:
            raise ProtocolError("a value is used before it is made")

    def _define(self, value: Json) -> None:
        if type(value) is not dict or value.keys() != {"v"} or type(value["v"]) is not int:
            raise ProtocolError("a value is not a number")
        if not 0 <= value["v"] <= 8 * MAX_STEPS:
            raise ProtocolError("a value's number is too large")
        self._defined.add(value["v"])

    _KINDS: ClassVar[dict[str, tuple[int, Callable[[_Reader, list[Json]], None]]]] = {
        "call": (5, _call),
        "read": (5, _read),
        "raises": (4, _called),
        "constant": (7, _constant),
        "alias": (5, _alias),
        "stale": (2, lambda self, step: self._define(step[1])),
        "set": (5, _set),
        "function": (9, _function),
    }


def _is_settable(dtype: Json) -> bool:
    return type(dtype) is str and dtype in ("float64", "float32", "bfloat16", "float16")


def _raised(end: list[Json]) -> None:
    if len(end) != 5 or not (end[4] is None or type(end[4]) is int):
        raise ProtocolError("an exception is not a type, its bases, a message and a line")
    for text in (end[1], end[3], *_list(end[2], 64)):
        _string(text)


def _string(value: Json) -> str:
    if type(value) is not str or len(value) > MAX_STRING:
        raise ProtocolError("a value is not a short text")
    return value


def _whole(value: Json) -> int:
    if type(value) is not int or not -(1 << 63) <= value < 1 << 63:
        raise ProtocolError("a value is not a whole number")
    return value


def _count(value: Json, most: int) -> int:
    if type(value) is not int or not 0 <= value <= most:
        raise ProtocolError("a number is not a count")
    return value


def _list(value: Json, longest: int, *, exactly: bool = False) -> list[Json]:
    if type(value) is not list or len(value) > longest or (exactly and len(value) != longest):
        raise ProtocolError("a value is not a list of the right length")
    return value


def _plain(value: Json, depth: int = 0) -> None:
    if type(value) is list and depth < MAX_DEPTH:
        for item in _list(value, FEW + 1):
            _plain(item, depth + 1)
    elif type(value) is str:
        _string(value)
    elif value is not None and type(value) not in (bool, int, float):
        raise ProtocolError("what was read is no plain data")
