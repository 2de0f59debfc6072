"""Families of cases for an elementwise function of one tensor."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import torch
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy
from torch import Tensor

from autograder.course import Budget, Exercise
from autograder.strategies import activation_forms
from autograder.strategies.packing import side_by_side, sorted_and_mirrored
from autograder.strategies.probe import Families, Family, Probe, probes
from autograder.strategies.sweeps import among, elementwise, outside, small_results
from autograder.strategies.tensors import (
    DTYPES,
    cotangents,
    domain,
    incoming,
    numbers,
    pattern,
    points,
    shapes,
    tensors,
)
from autograder.worker.case import SIMULATED, Case

F32, F64 = torch.float32, torch.float64
_RELU = "torch.nn.ReLU"
_RELU_DOMAIN = 1e4  # finds a clamp(0, 100)
_EXTREMES = {
    torch.float64: (100.0, 1e3, 3e38),
    torch.float32: (100.0, 1e3, 3e38),
    torch.bfloat16: (100.0, 1e3, 3e38),
    torch.float16: (100.0, 1e3, 6e4),
}
# One of them among ordinary numbers: who decides for the whole tensor decides wrongly for the others.
_OUTLIERS: Mapping[torch.dtype, tuple[float, ...]] = {
    F64: (25.0, -1e3),
    F32: (45.0, -95.0),
    torch.bfloat16: (-95.0,),
    torch.float16: (300.0,),
}
_PLACED = (((), F32), ((2, 3), F64))
_SHARES = (
    F64,
    F32,
    F64,
    torch.bfloat16,
    F64,
    torch.float16,
)  # wrong functions fail in float64; half of the draws


def families(exercise: Exercise, budget: Budget) -> Families:
    """See `autograder.strategies.families`."""
    wide = exercise.reference == _RELU
    return {
        "ordinary": _ordinary(wide, budget),
        "second": activation_forms.second(wide=wide),
        "dtypes": activation_forms.dtypes(),
        "shapes": activation_forms.sizes(),
        "layouts": activation_forms.layouts(),
        "repeated": activation_forms.repeated(),
        "graph": activation_forms.modes(module=exercise.kind == "module"),
        "elementwise": _elementwise(),
        "laws": _laws(),
        "device": _device(),
        "module": activation_forms.module(),
        "zero": Family(fixed=probes(*(_differentiated(torch.zeros(1, dtype=dtype)) for dtype in DTYPES))),
        "extreme": _extreme(),
        "infinite": _special(torch.inf, -torch.inf),
        "nan": _special(torch.nan),
        "accuracy": _accuracy(),
    }


def _differentiated(x: Tensor, **options: object) -> Case:
    return Case((x,), wrt=(0,), cotangent=torch.ones_like(x), **options)  # type: ignore[arg-type]  # fields of Case


def _ordinary(wide: bool, budget: Budget) -> Family:
    extra = (100.0, -100.0, 1e4) if wide else ()
    fixed = [
        Case((x := torch.tensor([value], dtype=dtype),), wrt=(0,), cotangent=incoming(x))
        for dtype in DTYPES
        for value in (*points(dtype), *(extra if dtype is not torch.float16 else ()))
    ]

    def strategy(dtype: torch.dtype, largest: float) -> SearchStrategy[Probe]:
        return st.tuples(numbers(largest, dtype), shapes()).flatmap(
            lambda drawn: st.tuples(tensors(drawn[1], drawn[0], dtype), cotangents(drawn[1], dtype)).map(
                lambda pair: Probe((Case((pair[0],), wrt=(0,), cotangent=pair[1]),))
            )
        )

    def largest(dtype: torch.dtype) -> float:
        return _RELU_DOMAIN if wide and dtype is not torch.float16 else domain(dtype)

    swept = elementwise({dtype: largest(dtype) for dtype in (torch.bfloat16, torch.float16)})
    return Family(
        fixed=(*map(_by_sign, fixed), *swept, *activation_forms.wholes()),
        strategies=tuple(strategy(dtype, largest(dtype)) for dtype in _SHARES),
        count=budget.cases,
        join=side_by_side,
        apart=4,
        first=2,
    )


def _by_sign(case: Case) -> Probe:
    """In float64 packs are of one sign, in the other dtypes of both.

    Else who chooses a formula for the whole tensor, by ``x.min() >= 0``, would be asked for one of them only.
    """
    x = case.args[0]
    assert isinstance(x, Tensor)  # noqa: S101  # an activation takes one
    sign = int(x.sign()) if x.dtype is F64 else 0
    return Probe((case,), {1: "positive", -1: "negative", 0: ""}[sign])


def _elementwise() -> Family:
    def split(x: Tensor) -> Probe:
        return Probe((Case((x,)), *(Case((x[index : index + 1].clone(),)) for index in range(len(x)))), "split")

    small = pattern((4,), F32)
    # Twice, not once: a masked assignment of a single number takes another path in torch, with other operations.
    growth = Probe((_traced(small.repeat(2)), _traced(small.repeat(16))), "growth")
    fixed = (
        split(torch.tensor([0.0, 1.0], dtype=F64)),
        split(torch.tensor([-20.0, 20.0, 1.0], dtype=F64)),
        growth,
    )
    strategy = numbers(20.0).flatmap(lambda kind: tensors((2,), kind).map(split))
    return Family(fixed=fixed, strategies=(strategy,), count=1)


def _traced(x: Tensor) -> Case:
    return Case((x,), wrt=(0,), cotangent=torch.ones_like(x), trace=True)


def _laws() -> Family:
    def mirrored(x: Tensor) -> Probe:
        return Probe((Case((x,)), Case((-x,))))

    # Windows of a fine grid, not the grid: a counterexample of 160 numbers teaches nothing.
    windows = [mirrored(torch.arange(start, start + 40, 8, dtype=F64) / 8) for start in range(-160, 160, 32)]
    strategy = numbers(20.0).flatmap(
        lambda kind: st.lists(kind, min_size=2, max_size=6).map(
            lambda values: mirrored(torch.tensor(sorted(values), dtype=F64))
        )
    )
    fixed = tuple(mirrored(torch.tensor(pair, dtype=F64)) for pair in ([0.0, 1.0], [-1.0, 2.0], [-3.0, -2.0]))
    return Family(fixed=(*fixed, *windows), strategies=(strategy,), count=24, join=sorted_and_mirrored)


def _device() -> Family:
    placed = [_differentiated(pattern(shape, dtype), device=SIMULATED, trace=True) for shape, dtype in _PLACED]
    placed[0] = replace(placed[0], second=(torch.ones(()),))
    fixed = probes(*placed, label="placed")
    small = pattern((4,), F32)
    tiled = [_differentiated(x, device=SIMULATED, trace=True) for x in (small.repeat(2), small.repeat(8))]
    return Family(fixed=(*fixed, Probe(tuple(tiled), "growth")))


def _extreme() -> Family:
    """Single numbers, sweeps of all that the core domain leaves out, and one large number among ordinary ones."""
    single = (
        _by_sign(_differentiated(torch.tensor([sign * size], dtype=dtype)))
        for dtype in DTYPES
        for size in _EXTREMES[dtype]
        for sign in (1, -1)
    )
    apart = [among(dtype, value) for dtype, values in _OUTLIERS.items() for value in values]
    return Family(fixed=(*single, *outside((*DTYPES,)), *apart), join=side_by_side)


def _special(*values: float) -> Family:
    single = probes(*(Case((torch.tensor([value], dtype=dtype),)) for dtype in DTYPES for value in values))
    apart = [among(dtype, *values) for dtype in (F32, torch.bfloat16)]
    return Family(fixed=(*single, *apart), join=side_by_side if len(values) > 1 else None)


def _accuracy() -> Family:
    near_zero = [sign * 10.0**-power for power in range(7) for sign in (1, -1)]
    tail = [-0.3, -2.5, -6.0, -9.5, -13.0, -16.0]
    single = probes(
        *(Case((torch.tensor([value], dtype=dtype),)) for dtype in (F64, F32) for value in near_zero + tail)
    )
    return Family(fixed=(*single, *small_results(DTYPES)), join=side_by_side)
