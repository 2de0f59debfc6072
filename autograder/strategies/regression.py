"""Families of cases for a loss of two tensors of the same shape."""

from __future__ import annotations

from typing import Any

import torch
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from autograder.course import Budget, Exercise
from autograder.strategies import regression_forms
from autograder.strategies.probe import Families, Family, Probe, probes
from autograder.strategies.regression_forms import Options, case, pair, twice
from autograder.strategies.sweeps import SIZES, SWEEP, counting
from autograder.strategies.tensors import (
    DTYPES,
    cotangents,
    incoming,
    numbers,
    shapes,
    tensors,
)
from autograder.worker.case import SIMULATED

F32, F64 = torch.float32, torch.float64
_LARGEST = 5.0
_SHARES = (F64, F32, F64, torch.bfloat16, F64, torch.float16)
_WORKED: tuple[tuple[list[Any], list[Any]], ...] = (
    ([1.0], [0.0]),
    ([0.0], [1.0]),
    ([2.0], [2.0]),
    ([1.0, 3.0], [0.0, 0.0]),
    ([1.5, 2.5, 3.5], [1.0, 2.0, 3.0]),
    ([[1.0, -2.0], [0.5, 3.0]], [[0.0, 1.0], [2.0, -1.0]]),
)
# Of at most 1, where a 16-bit dtype tells most: a tenth of a mean shows in float16's gradients only there.
_SMALL = ([1.0, -0.5, 0.25], [0.5, 1.0, -0.75])


def families(exercise: Exercise, budget: Budget) -> Families:
    """See `autograder.strategies.families`."""
    reducible = "reductions" in exercise.properties
    # The mean by default: an answer without a reduction is judged by what it does.
    reductions: tuple[Options, ...] = ({}, {"reduction": "sum"}, {"reduction": "none"}) if reducible else ({},)
    return {
        "ordinary": _ordinary(budget),
        "reductions": _reductions(reductions),
        "bad reduction": Family(
            fixed=probes(*(case(*pair((3,)), {"reduction": name}) for name in ("avg", "Mean", "", None)))
        ),
        "second": regression_forms.second(),
        "dtypes": regression_forms.dtypes(reductions),
        "shapes": regression_forms.sizes(reductions),
        "layouts": regression_forms.layouts(),
        "repeated": regression_forms.repeated(reductions),
        "graph": regression_forms.modes(reductions, module=exercise.kind == "module"),
        "large": _large(reductions),
        "zero residual": _zero_residual(reductions),
        "growth": _growth(reductions),
        "device": _device(reductions),
        "module": regression_forms.module(),
        "empty": Family(fixed=probes(case(*pair((0,), F32)), case(*pair((2, 0), F64)))),
        "close": _close(reductions),
    }


def _drawn(dtype: torch.dtype, options: Options, largest: float = _LARGEST) -> SearchStrategy[Probe]:
    def build(drawn: tuple[SearchStrategy[float], tuple[int, ...]]) -> SearchStrategy[Probe]:
        kind, shape = drawn
        result = shape if options.get("reduction") == "none" else ()
        return st.tuples(tensors(shape, kind, dtype), tensors(shape, kind, dtype), cotangents(result, dtype)).map(
            lambda triple: Probe((case(triple[0], triple[1], options, triple[2]),))
        )

    return st.tuples(numbers(largest, dtype), shapes()).flatmap(build)


def _ordinary(budget: Budget) -> Family:
    worked = [
        case(
            torch.tensor(x, dtype=dtype), torch.tensor(target, dtype=dtype), None, incoming(torch.ones((), dtype=dtype))
        )
        for dtype in DTYPES
        for x, target in (_WORKED if dtype is F64 else (*_WORKED[-2:], _SMALL))
    ]
    swept = [
        case(counting(size) * _steps(size) - 4, counting(size, 3).flip(0) * 0.5 * _steps(size), {}) for size in SIZES
    ]
    swept += [
        case(*pair((3, 4), dtype), {}, torch.full((), pulled, dtype=dtype))
        for dtype, pulled in ((F64, 1e3), (F32, 1e-3), (torch.bfloat16, 64.0))
    ]
    rows = counting(3 * SIZES[0]).reshape(SIZES[0], 3)
    swept.append(case(rows - 9, 7 - rows, {}))
    fixed = (*probes(*worked), *probes(*swept, label=SWEEP))
    return Family(fixed=fixed, strategies=tuple(_drawn(dtype, {}) for dtype in _SHARES), count=budget.pairs)


def _steps(size: int) -> float:
    """What eighths are multiplied by, so that squares of exponentials of so many stay finite in float64."""
    return min(1.0, 2048 / size)


def _reductions(reductions: tuple[Options, ...]) -> Family:
    named: tuple[Options, ...] = ({"reduction": "mean"}, *reductions[1:])
    fixed = [case(*pair(shape), options) for options in named for shape in ((3,), (2, 3))]
    strategies = tuple(_drawn(F64, options) for options in named)
    return Family(fixed=probes(*fixed), strategies=strategies, count=len(strategies))


def _large(reductions: tuple[Options, ...]) -> Family:
    x, target = torch.tensor([1e4, -1e4, 3.0]), torch.tensor([-1e4, 1.0, 1e4])
    in_single = case(x.to(F32), target.to(F32), reductions[0])
    return Family(fixed=probes(*(case(x.to(F64), target.to(F64), o) for o in reductions), in_single))


def _zero_residual(reductions: tuple[Options, ...]) -> Family:
    x = torch.tensor([0.0, 1.0, -2.0])
    some = torch.tensor([0.0, 3.0, -2.0])
    double = [case(x.to(F64), some.to(F64), options) for options in reductions]
    return Family(fixed=probes(case(x.to(F64), x.to(F64), reductions[0]), *double, case(x, some, reductions[0])))


def _growth(reductions: tuple[Options, ...]) -> Family:
    return Family(fixed=tuple(_tiled(options, "cpu") for options in reductions))


def _tiled(options: Options, device: str) -> Probe:
    x, target = pair((4,), F32)
    cases = [case(x.repeat(times), target.repeat(times), options, device=device, trace=True) for times in (2, 8)]
    return Probe(tuple(cases), "growth")


def _device(reductions: tuple[Options, ...]) -> Family:
    kinds: list[tuple[Options, tuple[int, ...], torch.dtype]] = [
        ({}, (), F32),
        *zip(reductions[1:] or reductions, ((2, 2), (3,)), (F64, F32), strict=False),  # `growth` has the mean
    ]
    makers = (twice, case, case)
    placed = [
        Probe((made(*pair(shape, dtype), options, device=SIMULATED, trace=True),), "placed")
        for made, (options, shape, dtype) in zip(makers, kinds, strict=False)
    ]
    return Family(fixed=(*placed, _tiled({}, SIMULATED)))


def _close(reductions: tuple[Options, ...]) -> Family:
    """x² - 2xt + t² loses what is left when x is near t, and so does who rounds a small loss."""
    far, near = torch.tensor([1000.0, -2000.0, 3000.0], dtype=F64), torch.tensor([1.0, -2.0, 0.5], dtype=F64)
    return Family(
        fixed=probes(
            case(near * (1 + 1e-7), near),
            case(far * (1 + 1e-7), far),
            case((far * (1 + 1e-3)).to(F32), far.to(F32)),
            *(case(far.abs() * (1 + 1e-7), far.abs(), options) for options in reductions[1:]),
            *(case(torch.tensor([size], dtype=F32), torch.zeros(1), reductions[0]) for size in (2e-3, 1e-6)),
            *(case(torch.tensor([2e-6, 3e-5], dtype=F64), torch.zeros(2, dtype=F64), o) for o in reductions),
        )
    )
