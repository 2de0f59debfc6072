"""Families of cases for a loss of two tensors of the same shape."""

from __future__ import annotations

from collections.abc import Mapping

import torch
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy
from torch import Tensor

from autograder.course import Budget, Exercise
from autograder.strategies.probe import Families, Family, Probe, probes, without_gradients
from autograder.strategies.tensors import (
    DTYPES,
    DTYPES_AND_DEFAULTS,
    LAYOUTS,
    cotangents,
    numbers,
    pattern,
    shapes,
    tensors,
)
from autograder.worker.case import SIMULATED, Argument, Case

F32, F64 = torch.float32, torch.float64
_LARGEST = 5.0
_SHAPES = ((), (1,), (4,), (2, 3), (2, 1, 3), (1, 2, 2, 1), (2, 1, 2, 1, 2))
_SHARES = (F64, F32, F64, torch.bfloat16, F64, torch.float16)
Options = Mapping[str, Argument]


def families(exercise: Exercise, budget: Budget) -> Families:
    """See `autograder.strategies.families`."""
    reducible = "reductions" in exercise.properties
    reductions: tuple[Options, ...] = (
        tuple({"reduction": name} for name in ("mean", "sum", "none")) if reducible else ({},)
    )
    return {
        "ordinary": _ordinary(budget),
        "reductions": _reductions(reductions),
        "bad reduction": Family(
            fixed=probes(*(_case(*_pair((3,)), {"reduction": name}) for name in ("avg", "Mean", "", None)))
        ),
        "second": _second(),
        "dtypes": _dtypes(),
        "shapes": Family(fixed=probes(*(_case(*_pair(shape, F32), o) for o in reductions for shape in _SHAPES))),
        "layouts": _layouts(),
        "repeated": _repeated(reductions),
        "graph": _graph(),
        "large": _large(reductions),
        "zero residual": _zero_residual(reductions),
        "growth": _growth(reductions),
        "device": _device(reductions),
        "module": _module(),
        "empty": Family(fixed=probes(*(_case(torch.zeros(shape), torch.zeros(shape), {}) for shape in ((0,), (2, 0))))),
        "close": _close(),
    }


def _pair(shape: tuple[int, ...], dtype: torch.dtype = F64) -> tuple[Tensor, Tensor]:
    return pattern(shape, dtype), pattern(shape, dtype, start=-1.0).flip(0) if shape else pattern(shape, dtype, 0.5)


def _case(
    x: Tensor,
    target: Tensor,
    options: Options | None = None,
    cotangent: Tensor | None = None,
    **fields: object,
) -> Case:
    """A case differentiated by both arguments, with a cotangent of ones in the shape of the right output."""
    options = options or {}
    if cotangent is None:
        cotangent = torch.ones(x.shape if options.get("reduction") == "none" else (), dtype=x.dtype)
    return Case((x, target), options, wrt=(0, 1), cotangent=cotangent, **fields)  # type: ignore[arg-type]  # of Case


def _drawn(dtype: torch.dtype, options: Options, largest: float = _LARGEST) -> SearchStrategy[Probe]:
    def build(drawn: tuple[SearchStrategy[float], tuple[int, ...]]) -> SearchStrategy[Probe]:
        kind, shape = drawn
        result = shape if options.get("reduction") == "none" else ()
        return st.tuples(tensors(shape, kind, dtype), tensors(shape, kind, dtype), cotangents(result, dtype)).map(
            lambda triple: Probe((_case(triple[0], triple[1], options, triple[2]),))
        )

    return st.tuples(numbers(largest, dtype), shapes()).flatmap(build)


def _ordinary(budget: Budget) -> Family:
    worked = [
        _case(torch.tensor(x, dtype=dtype), torch.tensor(target, dtype=dtype))
        for dtype in DTYPES
        for x, target in (
            ([1.0], [0.0]),
            ([0.0], [1.0]),
            ([2.0], [2.0]),
            ([1.0, 3.0], [0.0, 0.0]),
            ([1.5, 2.5, 3.5], [1.0, 2.0, 3.0]),
            ([[1.0, -2.0], [0.5, 3.0]], [[0.0, 1.0], [2.0, -1.0]]),
        )
    ]
    return Family(fixed=probes(*worked), strategies=tuple(_drawn(dtype, {}) for dtype in _SHARES), count=budget.pairs)


def _reductions(reductions: tuple[Options, ...]) -> Family:
    fixed = [_case(*_pair(shape), options) for options in reductions for shape in ((1,), (3,), (2, 3))]
    return Family(fixed=probes(*fixed), strategies=tuple(_drawn(F64, options) for options in reductions), count=9)


def _second() -> Family:
    """Different weights for the two gradients: with equal ones their contributions cancel."""

    def case(x: Tensor, target: Tensor) -> Case:
        weights = pattern(tuple(x.shape), x.dtype, 0.25), pattern(tuple(x.shape), x.dtype, -1.5)
        return Case((x, target), wrt=(0, 1), cotangent=torch.ones((), dtype=x.dtype), second=weights)

    return Family(fixed=probes(*(case(*_pair(shape)) for shape in ((1,), (3,), (2, 3)))))


def _dtypes() -> Family:
    return Family(
        fixed=probes(
            *(
                _case(*_pair(shape, dtype), default_dtype=default)
                for dtype, default in DTYPES_AND_DEFAULTS
                for shape in ((), (3,))
            )
        )
    )


def _layouts() -> Family:
    fixed = []
    for name, layout in LAYOUTS.items():
        vector = _pair((4,))
        x, target = _pair((2, 3, 2, 2) if name == "channels last" else (3, 4))
        fixed += [_case(layout(x), target), _case(x, layout(target)), _case(layout(vector[0]), layout(vector[1]))]
    return Family(fixed=probes(*fixed))


def _repeated(reductions: tuple[Options, ...]) -> Family:
    def thrice(shape: tuple[int, ...], dtype: torch.dtype, options: Options) -> Probe:
        (x, target), other = _pair(shape, dtype), pattern(shape, dtype, start=1.0)
        first, second = Case((x, target), options, watch=True), Case((other, x), options, watch=True)
        return Probe((first, second, first))

    fixed = [thrice(shape, dtype, o) for o in reductions for shape, dtype in (((3,), F32), ((2, 2), F64))]
    return Family(fixed=(*fixed, without_gradients(fixed[0])))


def _graph() -> Family:
    pair = _pair((3,), F32)
    return Family(
        fixed=(
            Probe((Case(pair),), "without"),
            Probe((Case(pair, wrt=(0,), cotangent=torch.ones(())),), "with"),
            Probe((Case(pair, wrt=(1,), cotangent=torch.ones(())),), "with"),
            Probe((Case(pair, wrt=(0, 1), grad_enabled=False),), "no_grad"),
        )
    )


def _large(reductions: tuple[Options, ...]) -> Family:
    x, target = torch.tensor([1e4, -1e4, 3.0]), torch.tensor([-1e4, 1.0, 1e4])
    return Family(fixed=probes(*(_case(x.to(dtype), target.to(dtype), o) for dtype in (F64, F32) for o in reductions)))


def _zero_residual(reductions: tuple[Options, ...]) -> Family:
    x = torch.tensor([0.0, 1.0, -2.0])
    some = torch.tensor([0.0, 3.0, -2.0])
    return Family(
        fixed=probes(
            *(_case(x.to(d), t.to(d), options) for d in (F64, F32) for t in (x, some) for options in reductions)
        )
    )


def _growth(reductions: tuple[Options, ...]) -> Family:
    return Family(fixed=tuple(_tiled(options, "cpu") for options in reductions))


def _tiled(options: Options, device: str) -> Probe:
    x, target = _pair((4,), F32)
    cases = [_case(x.repeat(times), target.repeat(times), options, device=device, trace=True) for times in (2, 8)]
    return Probe(tuple(cases), "growth")


def _device(reductions: tuple[Options, ...]) -> Family:
    kinds: list[tuple[Options, tuple[int, ...], torch.dtype]] = [
        *((options, (3,), F32) for options in reductions),
        ({}, (2, 2), F64),
        ({}, (), F32),
    ]
    placed = [
        Probe((_case(*_pair(shape, dtype), options, device=SIMULATED, trace=True),), "placed")
        for options, shape, dtype in kinds
    ]
    return Family(fixed=(*placed, _tiled({}, SIMULATED)))


def _module() -> Family:
    first, second = _pair((3,), F32), (pattern((3,), F32, start=1.0), pattern((3,), F32))
    return Family(
        fixed=tuple(
            Probe(
                tuple(Case(pair, training=training) for pair in (first, second, first)),
                "train" if training else "eval",
            )
            for training in (True, False)
        )
    )


def _close() -> Family:
    """x² - 2xt + t² loses what is left when x is near t."""
    far, near = torch.tensor([1000.0, -2000.0, 3000.0], dtype=F64), torch.tensor([1.0, -2.0, 0.5], dtype=F64)
    return Family(
        fixed=probes(
            _case(near * (1 + 1e-7), near),
            _case(far * (1 + 1e-7), far),
            _case((far * (1 + 1e-3)).to(F32), far.to(F32)),
        )
    )
