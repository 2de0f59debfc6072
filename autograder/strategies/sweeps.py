"""Sweeps: one case of many numbers, or of many rows, instead of a sample of them.

To replay a program on 40,000 numbers takes as long as on a dozen. So every number of the small dtypes' core domain is
asked for, and sizes around the powers of two that blocks and tables are made of.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import replace

import torch
from torch import Tensor

from autograder.strategies.probe import Probe
from autograder.worker.case import Argument, Case

SWEEP, TAIL, OUTLIER = "sweep", "sweep of the tails", "one among others"
"""Labels of sweeps; tails lie beyond the core domain, and only the properties that are about them ask for these."""
WHOLE = frozenset({SWEEP, TAIL, OUTLIER})
"""Labels of probes that are a call by themselves, joined with no other."""
SIZES = (65, 513, 4097)
"""One more than whole blocks of 64, 512 and 4,096."""
CLASSES = (10, 129, 300)
"""Class ids of one digit and two, and such as do not fit into int8 or uint8."""
_SMALLEST = 2.0**-10  # |x| below it becomes 0, else a minimal counterexample is x = 1.4e-215
_LARGEST = 20.0
_SMALLEST_HALF = 2.0**-4  # in float16 x * x must survive a square root
_TAIL = 48.0  # where float64 still tells a logistic function from one that is clamped at 30
_CORE = 256.0  # over a size, so that some eighths of it from end to end lie in the core domain of 20
_EIGHTHS = 8


def floor_of(dtype: torch.dtype) -> float:
    """The smallest |x| but 0 of the core domain: x * x must survive a square root."""
    return _SMALLEST_HALF if dtype is torch.float16 else _SMALLEST


def in_the_core(value: float) -> bool:
    """Whether a number lies in float64's core domain."""
    return _SMALLEST <= abs(value) <= _LARGEST


def in_core_domain(probe: Probe) -> bool:
    """Whether a probe asks for nothing beyond the domain in which every right formula is right."""
    return probe.label != TAIL


def every_number(dtype: torch.dtype) -> Tensor:
    """Every finite number of a 16-bit dtype, from the lowest to the highest."""
    numbers = torch.arange(-(1 << 15), 1 << 15, dtype=torch.int32).to(torch.int16).view(dtype)
    return numbers[numbers.isfinite()].sort().values


def elementwise(dtypes: dict[torch.dtype, float]) -> Iterator[Probe]:
    """Probes of an activation: every number of the 16-bit dtypes, and sizes with numbers from tail to tail.

    Args:
        dtypes: the largest |x| of each 16-bit dtype.

    """
    for dtype, largest in dtypes.items():
        yield _differentiated(core_numbers(dtype, largest))
    yield _differentiated(torch.linspace(-20, 20, SIZES[-1]))
    for size in SIZES:
        yield _differentiated((counting(size) - size // 2 / _EIGHTHS) * (_CORE / size))
    yield _differentiated((counting(3 * SIZES[0]).reshape(SIZES[0], 3) - _EIGHTHS) / 2)
    tails = counting(round(2 * _TAIL * _EIGHTHS) + 1) - _TAIL
    yield replace(_differentiated(tails), label=TAIL)


def outside(dtypes: Iterable[torch.dtype]) -> Iterator[Probe]:
    """Numbers that are smaller or larger than those of the core domain; of 16-bit dtypes all the smaller ones."""
    for dtype in dtypes:
        if dtype.itemsize == 2:
            numbers = every_number(dtype)
            smaller = numbers[(numbers.abs() < floor_of(dtype)) & (numbers != 0)]
        else:
            smaller = _both_signs(_powers(dtype, torch.finfo(dtype).tiny * torch.finfo(dtype).eps, floor_of(dtype)))
        largest = min(torch.finfo(dtype).max, torch.finfo(torch.float32).max) / 8  # a cotangent may double it
        steps = torch.arange(20, 130, 0.625, dtype=torch.float64).to(dtype)
        larger = torch.cat([steps, _powers(dtype, 130, largest)])
        yield _differentiated(torch.cat([smaller, _both_signs(larger)]))


def small_results(dtypes: Iterable[torch.dtype]) -> Iterator[Probe]:
    """Numbers on whose small results a relative bound is set: near 0, and far below it."""
    for dtype in dtypes:
        near = _both_signs(_powers(dtype, torch.finfo(dtype).tiny * 16, 1.0))
        below = -torch.arange(1, 10 if dtype is torch.float16 else 80, 0.5, dtype=torch.float64).to(dtype)
        yield Probe((Case((torch.cat([near, below]),)),), SWEEP)


def values_of_16_bits() -> Iterator[Probe]:
    """Numbers of the 16-bit dtypes' core domain and below it, for their values alone."""
    for dtype in (torch.bfloat16, torch.float16):
        numbers = every_number(dtype)
        yield Probe((Case((numbers[(numbers.abs() <= 5.0) & (numbers.abs() >= 2.0**-8)][::7],)),), SWEEP)


def among(dtype: torch.dtype, *values: float) -> Probe:
    """A few numbers among ordinary ones."""
    x = torch.tensor([0.5, -1.0, *values, 2.0, -3.0], dtype=dtype)
    return Probe((Case((x,), wrt=(0,), cotangent=torch.full_like(x, -2.0)),), OUTLIER)


def _powers(dtype: torch.dtype, low: float, high: float) -> Tensor:
    """Numbers from a low one up, each a fixed factor larger."""
    exponents = torch.linspace(math.log2(low), math.log2(high), 160, dtype=torch.float64)
    return torch.exp2(exponents).to(dtype)


def _both_signs(numbers: Tensor) -> Tensor:
    return torch.cat([-numbers.flip(0), numbers])


def core_numbers(dtype: torch.dtype, largest: float) -> Tensor:
    """Every number of a 16-bit dtype's core domain, which goes up to ``largest``."""
    numbers = every_number(dtype)
    return numbers[(numbers == 0) | ((numbers.abs() <= largest) & (numbers.abs() >= floor_of(dtype)))]


def counting(count: int, start: int = 0) -> Tensor:
    """So many eighths, one after the other."""
    return torch.arange(start, start + count, dtype=torch.float64) / _EIGHTHS


def _differentiated(x: Tensor) -> Probe:
    return Probe((Case((x,), wrt=(0,), cotangent=torch.full_like(x, -2.0)),), SWEEP)


def cut(probe: Probe, rows: slice) -> Probe:
    """The same sweep over some of its rows."""
    (case,) = probe.cases
    first = case.args[0]
    assert isinstance(first, Tensor)  # noqa: S101  # what a sweep sweeps over

    def some(value: Argument) -> Argument:
        return value[rows].clone() if isinstance(value, Tensor) and value.dim() and len(value) == len(first) else value

    cotangent = some(case.cotangent)
    args = tuple([some(value) for value in case.args])
    return replace(probe, cases=(replace(case, args=args, cotangent=cotangent),))  # type: ignore[arg-type]  # a tensor


def halves(probe: Probe) -> tuple[Probe, ...]:
    """A sweep in two; nothing where it has a single row, or is none."""
    if probe.label not in (SWEEP, TAIL) or probe.parts:
        return ()
    first = probe.cases[0].args[0]
    count = len(first) if isinstance(first, Tensor) and first.dim() else 1
    return () if count < 2 else (cut(probe, slice(0, count // 2)), cut(probe, slice(count // 2, count)))


def part_of_sweep(probe: Probe, element: int) -> Probe | None:
    """The row of a sweep that holds an element of the output; None where that does not lie beside the input's."""
    first = probe.cases[0].args[0]
    if (
        probe.label not in (SWEEP, TAIL)
        or len(probe.cases[0].args) > 1
        or not isinstance(first, Tensor)
        or not first.dim()
    ):
        return None
    row = element // max(1, first.numel() // len(first))
    return cut(probe, slice(row, row + 1))
