"""Calls to compare two answers on: many, of every kind that a caller may make, and not the kit's own cases.

They are drawn by a generator of their own from lists of dtypes, shapes, layouts, ways to differentiate and kinds of
numbers, each value of each list at least once with everything else ordinary.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import product

import torch
from torch import Tensor

from autograder.course import Exercise

Value = Tensor | int | float | str | bool | None


@dataclass(frozen=True)
class Call:
    """One call, twice: with two sets of numbers of one kind, to show what is remembered.

    Args:
        arguments: by parameter, for the first time.
        others: the same for the second time.
        layout: how the first tensor lies in memory.
        other_layout: how all others do.
        mode: how gradients are asked for; see MODES.
        training: whether a module is in training mode.
        default_dtype: torch's while it is called.
        device: ``cpu`` or ``simulated``.
        omitted: the parameters that are not passed, since they have their defaults.

    """

    arguments: Mapping[str, Value]
    others: Mapping[str, Value]
    layout: str = "contiguous"
    other_layout: str = "contiguous"
    mode: str = "leaf"
    training: bool = True
    default_dtype: torch.dtype = torch.float32
    device: str = "cpu"
    omitted: frozenset[str] = frozenset()


MODES = ("leaf", "non-leaf", "constant", "no_grad", "inference", "first only", "last only")
DTYPES = (torch.float64, torch.float32, torch.bfloat16, torch.float16)


def _offset(x: Tensor) -> Tensor:
    return torch.cat([x.new_ones(3), x.flatten()])[3:].view(x.shape)


def _strided(x: Tensor) -> Tensor:
    return torch.stack([x, x], -1).flatten(-2)[..., ::2] if x.dim() else x.clone()


def _transposed(x: Tensor) -> Tensor:
    return x.transpose(0, -1).contiguous().transpose(0, -1) if x.dim() > 1 else _strided(x)


def _expanded(x: Tensor) -> Tensor:
    return x[..., :1].clone().expand(x.shape) if x.dim() and x.shape[-1] else x.clone()


def _expanded_first(x: Tensor) -> Tensor:
    return x[:1].clone().expand(x.shape) if x.dim() and x.shape[0] else x.clone()


def _channels_last(x: Tensor) -> Tensor:
    return x.movedim(1, -1).contiguous().movedim(-1, 1) if x.dim() > 2 else x.clone()


LAYOUTS: Mapping[str, Callable[[Tensor], Tensor]] = {
    "contiguous": torch.clone,
    "offset": _offset,
    "strided": _strided,
    "transposed": _transposed,
    "expanded": _expanded,
    "expanded first": _expanded_first,
    "channels last": _channels_last,
}


def _one(position: str, value: float) -> Callable[[Tensor], Tensor]:
    """Ordinary numbers, one of which is not."""

    def put(x: Tensor) -> Tensor:
        flat = x.flatten().clone()
        if flat.numel():
            flat[0 if position == "first" else -1] = value
        return flat.view(x.shape)

    return put


def _steps(x: Tensor) -> Tensor:
    return torch.linspace(-3, 3, max(1, x.numel()), dtype=x.dtype)[: x.numel()].view(x.shape)


# From normal draws to numbers of a kind. What a dtype cannot hold becomes infinite in it, as it does for a caller.
NUMBERS: Mapping[str, Callable[[Tensor], Tensor]] = {
    "ordinary": lambda x: 2 * x,
    "small": lambda x: 1e-4 * x,
    "tiny": lambda x: 1e-35 * x,
    "subnormal": lambda x: 1e-42 * x,
    "below float32": lambda x: 1e-60 * x,
    "large": lambda x: 30 * x,
    "huge": lambda x: 1000 * x,
    "outlier 70": _one("first", 70.0),
    "outlier 95": _one("last", 95.0),
    "outlier -70": _one("first", -70.0),
    "outlier -95": _one("last", -95.0),
    "outlier 900": _one("last", 900.0),
    "outlier -900": _one("first", -900.0),
    "outlier 6000": _one("first", 6000.0),
    "a nan": _one("last", torch.nan),
    "an infinity": _one("first", torch.inf),
    "a negative infinity": _one("last", -torch.inf),
    "zero": torch.zeros_like,
    "equal": lambda x: torch.full_like(x, 0.5),
    "positive": lambda x: x.abs() + 0.1,
    "negative": lambda x: -x.abs() - 0.1,
    "beyond two": lambda x: (x.abs() + 2.5) * x.sign(),
    "whole": lambda x: (2 * x).round(),
    "shifted up": lambda x: x + 10,
    "shifted down": lambda x: x - 10,
    "rising": _steps,
}
SHAPES: Sequence[tuple[int, ...]] = (
    (), (0,), (1,), (2,), (3,), (5,), (8,), (9,), (17,), (24,), (33,), (65,), (129,), (257,), (514,), (1025,), (4099,),
    (2, 3), (3, 2), (1, 4), (4, 1), (3, 3), (0, 3), (2, 0, 3), (20, 30), (70, 3), (3, 70), (2, 3, 4), (2, 2, 5),
    (2, 2, 2, 2), (1, 2, 3, 2), (2, 3, 4, 5), (1, 2, 1, 2, 2), (2, 3, 2, 3, 2), (2, 1, 2, 1, 2, 1), (1, 2, 1, 3, 1, 2),
)  # fmt: skip
_LOGITS: Sequence[tuple[int, ...]] = (
    (3,), (5,), (1,), (2,), (12,), (2, 3), (3, 3), (5, 2), (4, 12), (1, 4), (6, 1), (0, 3), (70, 3), (300, 4), (9, 5),
    (2, 129), (3, 300), (2, 1001), (64, 65), (2, 3, 4), (3, 4, 2), (2, 3, 4, 5), (2, 5, 2, 2), (1, 3, 2, 2),
    (2, 3, 2, 3, 2), (2, 2, 2, 1, 3), (2, 12, 3), (2, 4, 3, 1), (17, 11), (2, 2, 2, 2, 2, 2),
)  # fmt: skip


def _is(value: Value, other: Value) -> bool:
    return value is other or (not isinstance(value, Tensor) and value == other)


@dataclass
class Drawing:
    """Draws calls of one exercise; the same ones for the same seed."""

    exercise: Exercise
    parameters: Sequence[str]
    defaults: Mapping[str, Value]
    seed: int
    choose: random.Random = field(init=False)
    numbers: torch.Generator = field(init=False)

    def __post_init__(self) -> None:
        self.choose = random.Random(self.seed)  # noqa: S311  # no secret
        self.numbers = torch.Generator().manual_seed(self.seed)

    def calls(self, count: int) -> list[Call]:
        """Each value of each list once, then ``count`` draws of everything at once."""
        return [*self._ordinary(), *(self._any() for _ in range(count))]

    def _ordinary(self) -> Iterator[Call]:
        shapes = _LOGITS if self.exercise.family == "classification" else SHAPES
        yield from (self._call(shape) for shape in shapes)
        shape = (3, 4, 2) if self.exercise.family == "classification" else (3, 4)
        for kind, layout in product(NUMBERS, ("contiguous", "offset")):
            yield self._call(shape, kind=kind, layout=layout)
        for layout, other in product(LAYOUTS, ("contiguous", "offset", "strided", "channels last")):
            yield self._call((2, 3, 2, 4), layout=layout, other_layout=other)
        for mode, dtype in product(MODES, DTYPES):
            yield self._call(shape, mode=mode, dtype=dtype)
        for default, dtype in product((torch.float64, torch.float16), DTYPES):
            yield self._call(shape, dtype=dtype, default_dtype=default)
        yield from (self._call(shape, training=False, mode=mode) for mode in MODES)
        for place, dtype in product(((), (3,), (2, 3), (2, 3, 4), (2, 3, 2, 2)), (torch.float32, torch.float64)):
            if place or self.exercise.family != "classification":
                yield self._call(place, dtype=dtype, device="simulated")
        yield from (self._refused(shape) for shape in shapes[:12])

    def _refused(self, shape: tuple[int, ...]) -> Call:
        """A call that is to raise, where the exercise has such: an unknown reduction, a class that there is not."""
        call = self._call(shape)
        given = dict(call.arguments)
        if "reduction" in given and (self.exercise.family == "regression" or self.choose.random() < 0.5):
            given["reduction"] = self.choose.choice(("batchmean", "", "Mean", "total"))
        elif self.exercise.family == "classification" and "ignore_index" in given:
            classes = shape[int(len(shape) > 1)]
            given[self.parameters[0]] = torch.zeros(1, classes) if len(shape) > 1 else torch.zeros(shape)
            given[self.parameters[1]] = torch.full([1] if len(shape) > 1 else [], self.choose.choice((classes, -2)))
        return replace(call, arguments=given, others=given, omitted=frozenset())

    def _any(self) -> Call:
        shapes = _LOGITS if self.exercise.family == "classification" else SHAPES
        ordinary = self.choose.random() < 0.4
        return self._call(
            self.choose.choice(shapes),
            dtype=self.choose.choice(DTYPES),
            kind="ordinary" if ordinary else self.choose.choice(list(NUMBERS)),
            layout="contiguous" if self.choose.random() < 0.5 else self.choose.choice(list(LAYOUTS)),
            other_layout="contiguous" if self.choose.random() < 0.6 else self.choose.choice(list(LAYOUTS)),
            mode="leaf" if self.choose.random() < 0.4 else self.choose.choice(MODES),
            training=self.choose.random() < 0.7,
            default_dtype=self.choose.choice((torch.float32, torch.float32, torch.float64)),
            device="simulated" if self.choose.random() < 0.04 else "cpu",
        )

    def _call(
        self,
        shape: tuple[int, ...],
        *,
        dtype: torch.dtype = torch.float32,
        kind: str = "ordinary",
        **how: object,
    ) -> Call:
        build = {
            "activation": self._activation,
            "regression": self._regression,
            "classification": self._classification,
        }[self.exercise.family]
        state = self.choose.getstate()
        first = build(shape, dtype, kind)
        self.choose.setstate(state)  # the same options, other numbers
        second = build(shape, dtype, kind)
        usual = [name for name, value in self.defaults.items() if name in first and _is(first[name], value)]
        omitted = frozenset(name for name in usual if self.choose.random() < 0.5)
        return Call(first, second, omitted=omitted, **how)  # type: ignore[arg-type]  # fields of Call

    def _tensor(self, shape: tuple[int, ...], dtype: torch.dtype, kind: str) -> Tensor:
        drawn = torch.randn(shape, generator=self.numbers, dtype=torch.float64)
        return NUMBERS[kind](drawn).to(dtype)

    def _activation(self, shape: tuple[int, ...], dtype: torch.dtype, kind: str) -> Mapping[str, Value]:
        return {self.parameters[0]: self._tensor(shape, dtype, kind)}

    def _regression(self, shape: tuple[int, ...], dtype: torch.dtype, kind: str) -> Mapping[str, Value]:
        first, second, *options = self.parameters
        close = self.choose.choice(("no", "no", "no", "equal", "close", "above", "below", "whole"))
        swapped = self.choose.random() < 0.4
        x = self._tensor(shape, dtype, kind)
        others: Mapping[str, Callable[[], Tensor]] = {
            "no": lambda: self._tensor(shape, dtype, "ordinary"),
            "equal": x.clone,
            "close": lambda: x * (1 + 1e-5),
            "above": lambda: x - self._tensor(shape, dtype, "positive"),
            "below": lambda: x + self._tensor(shape, dtype, "positive"),
            "whole": lambda: x + 1,
        }
        y = others[close]()
        return {
            **dict(zip((first, second), (y, x) if swapped else (x, y), strict=True)),
            **{name: self.choose.choice(("mean", "sum", "none")) for name in options},
        }

    def _classification(self, shape: tuple[int, ...], dtype: torch.dtype, kind: str) -> Mapping[str, Value]:
        x = self._tensor(shape, dtype, kind)
        class_dim = int(len(shape) > 1)
        classes = shape[class_dim]
        ignored = self.choose.choice((-100, -100, 0, classes - 1, 255, -1))
        given = {
            self.parameters[0]: x,
            self.parameters[1]: self._target(shape, class_dim, dtype, ignored),
            "weight": self._weight(classes, dtype),
            "ignore_index": ignored,
            "reduction": self.choose.choice(("mean", "mean", "sum", "none")),
            "label_smoothing": self.choose.choice((0.0, 0.0, 0.1, 0.03, 0.73, 1.0)),
        }
        return {name: given[name] for name in self.parameters if name in given}

    def _target(self, shape: tuple[int, ...], class_dim: int, dtype: torch.dtype, ignored: int) -> Tensor:
        kind = self.choose.choice(
            ("indices", "indices", "some ignored", "one ignored", "all ignored", "zero", "one class", "soft", "hard")
        )
        classes = shape[class_dim]
        size = [length for place, length in enumerate(shape) if place != class_dim]
        if kind == "soft":
            return torch.rand(shape, generator=self.numbers, dtype=torch.float64).softmax(class_dim).to(dtype)
        indices = torch.randint(classes, size, generator=self.numbers)
        if kind == "hard":
            return torch.nn.functional.one_hot(indices, classes).movedim(-1, class_dim).to(dtype)
        if kind == "some ignored":
            return torch.where(torch.rand(size, generator=self.numbers) < 0.5, ignored, indices)
        if kind == "one ignored" and indices.numel():
            other = torch.where(indices == ignored, (indices + 1) % classes, indices)
            other.view(-1)[0] = ignored
            return other
        return {"all ignored": torch.full(size, ignored), "zero": torch.zeros_like(indices)}.get(
            kind, torch.full(size, classes - 1) if kind == "one class" else indices
        )

    def _weight(self, classes: int, dtype: torch.dtype) -> Tensor | None:
        kind = self.choose.choice(("none", "none", "ordinary", "zeros", "heavy", "strided"))
        weight = torch.rand(classes, generator=self.numbers, dtype=torch.float64) + 0.25
        if kind == "zeros":
            weight[::2] = 0
        return {
            "none": None,
            "heavy": (weight + 1).to(dtype),
            "strided": weight.to(dtype).repeat_interleave(2)[::2],
        }.get(kind, weight.to(dtype))
