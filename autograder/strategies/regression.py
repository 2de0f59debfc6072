"""Families of cases for a loss of two tensors of the same shape."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import torch
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy
from torch import Tensor

from autograder.course import Budget, Exercise
from autograder.strategies.probe import Families, Family, Probe, probes, without_gradients
from autograder.strategies.sweeps import SIZES, SWEEP, counting
from autograder.strategies.tensors import (
    DTYPES,
    DTYPES_AND_DEFAULTS,
    LAYOUTS,
    cotangents,
    incoming,
    numbers,
    pattern,
    shapes,
    tensors,
)
from autograder.worker.case import SIMULATED, Argument, Case

F32, F64 = torch.float32, torch.float64
_LARGEST = 5.0
_SHAPES = ((), (1,), (2, 3), (2, 1, 3), (1, 2, 2, 1), (2, 1, 2, 1, 2))
_SHARES = (F64, F32, F64, torch.bfloat16, F64, torch.float16)
_WORKED: tuple[tuple[list[Any], list[Any]], ...] = (
    ([1.0], [0.0]),
    ([0.0], [1.0]),
    ([2.0], [2.0]),
    ([1.0, 3.0], [0.0, 0.0]),
    ([1.5, 2.5, 3.5], [1.0, 2.0, 3.0]),
    ([[1.0, -2.0], [0.5, 3.0]], [[0.0, 1.0], [2.0, -1.0]]),
)
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
        "shapes": _shapes(reductions),
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
        _case(
            torch.tensor(x, dtype=dtype), torch.tensor(target, dtype=dtype), None, incoming(torch.ones((), dtype=dtype))
        )
        for dtype in DTYPES
        for x, target in (_WORKED if dtype is F64 else _WORKED[-2:])
    ]
    swept = [_case(counting(size) - 4, counting(size, 3).flip(0) * 0.5, {}) for size in SIZES]
    rows = counting(3 * SIZES[0]).reshape(SIZES[0], 3)
    swept.append(_case(rows - 9, 7 - rows, {}))
    fixed = (*probes(*worked), *probes(*swept, label=SWEEP))
    return Family(fixed=fixed, strategies=tuple(_drawn(dtype, {}) for dtype in _SHARES), count=budget.pairs)


def _reductions(reductions: tuple[Options, ...]) -> Family:
    fixed = [_case(*_pair(shape), options) for options in reductions for shape in ((3,), (2, 3))]
    strategies = tuple(_drawn(F64, options) for options in reductions)
    return Family(fixed=probes(*fixed), strategies=strategies, count=len(strategies))


def _shapes(reductions: tuple[Options, ...]) -> Family:
    """Every shape for the mean; for the others those that a sum over rows, a squeeze or a flat result shows in."""
    mean, *others = reductions
    cases = [_case(*_pair(shape, F32), mean) for shape in _SHAPES]
    cases += [_case(*_pair(shape, F32), options) for options in others for shape in ((), (2, 1, 3), (1, 2, 2, 1))]
    return Family(fixed=probes(*cases))


def _second() -> Family:
    """Different weights for the two gradients: with equal ones their contributions cancel."""

    def case(x: Tensor, target: Tensor) -> Case:
        weights = pattern(tuple(x.shape), x.dtype, 0.25), pattern(tuple(x.shape), x.dtype, -1.5)
        return Case((x, target), wrt=(0, 1), cotangent=torch.ones((), dtype=x.dtype), second=weights)

    return Family(fixed=probes(*(case(*_pair(shape)) for shape in ((3,), (2, 3)))))


def _dtypes() -> Family:
    return Family(
        fixed=probes(
            *(
                _case(*_pair(shape, dtype), default_dtype=default)
                for dtype, default in DTYPES_AND_DEFAULTS
                for shape in ((), (3,))
                if shape == () or dtype is torch.float16 or default is F64
            )
        )
    )


def _layouts() -> Family:
    """Either argument laid out otherwise, and both where the layout is seldom met."""
    fixed = []
    for name in ("transposed", "strided", "expanded"):
        layout, (x, target) = LAYOUTS[name], _pair((2, 3, 2) if name == "transposed" else (3, 4))
        fixed += [_case(layout(x), target), _case(x, layout(target))]
    for name, shape in (("channels last", (2, 3, 2, 2)), ("every second row", (4,))):
        x, target = map(LAYOUTS[name], _pair(shape))
        fixed.append(_case(x, target))
    return Family(fixed=probes(*fixed))


def _repeated(reductions: tuple[Options, ...]) -> Family:
    def thrice(shape: tuple[int, ...], dtype: torch.dtype, options: Options) -> Probe:
        (x, target), other = _pair(shape, dtype), pattern(shape, dtype, start=1.0)
        first, second = Case((x, target), options, watch=True), Case((other, x), options, watch=True)
        return Probe((first, second, first))

    mean, *others = reductions
    kinds = [((3,), F32, mean), ((2, 2), F64, mean), *(((3,), F64, options) for options in others)]
    *with_gradients, last = (thrice(*kind) for kind in kinds)
    return Family(fixed=(*with_gradients, without_gradients(last)))


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
    in_single = _case(x.to(F32), target.to(F32), reductions[0])
    return Family(fixed=probes(*(_case(x.to(F64), target.to(F64), o) for o in reductions), in_single))


def _zero_residual(reductions: tuple[Options, ...]) -> Family:
    x = torch.tensor([0.0, 1.0, -2.0])
    some = torch.tensor([0.0, 3.0, -2.0])
    double = [_case(x.to(F64), some.to(F64), options) for options in reductions]
    return Family(fixed=probes(_case(x.to(F64), x.to(F64), reductions[0]), *double, _case(x, some, reductions[0])))


def _growth(reductions: tuple[Options, ...]) -> Family:
    return Family(fixed=tuple(_tiled(options, "cpu") for options in reductions))


def _tiled(options: Options, device: str) -> Probe:
    x, target = _pair((4,), F32)
    cases = [_case(x.repeat(times), target.repeat(times), options, device=device, trace=True) for times in (2, 8)]
    return Probe(tuple(cases), "growth")


def _device(reductions: tuple[Options, ...]) -> Family:
    kinds: list[tuple[Options, tuple[int, ...], torch.dtype]] = [
        ({}, (), F32),
        *zip(reductions[1:] or reductions, ((2, 2), (3,)), (F64, F32), strict=False),  # `growth` has the mean
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
