"""Sweeps: one case of many numbers, or of many rows, instead of a sample of them.

To replay a program on 40,000 numbers takes as long as on a dozen. So every number of the small dtypes' core domain is
asked for, and sizes around the powers of two that blocks and tables are made of.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

import torch
from torch import Tensor

from autograder.strategies.probe import Probe
from autograder.worker.case import Argument, Case

SWEEP, TAIL = "sweep", "sweep of the tails"
"""Labels of sweeps; tails lie beyond the core domain, and only the properties that are about them ask for these."""
SIZES = (65, 513, 2049)
"""One more than whole blocks of 64, 512 and 2,048."""
CLASSES = (10, 129, 300)
"""Class ids of one digit and two, and such as do not fit into int8 or uint8."""
_SMALLEST = 2.0**-10  # |x| below it becomes 0, else a minimal counterexample is x = 1.4e-215
_SMALLEST_HALF = 2.0**-4  # in float16 x * x must survive a square root
_TAIL = 48.0  # where float64 still tells a logistic function from one that is clamped at 30
_CORE = 256.0  # over a size, so that some eighths of it from end to end lie in the core domain of 20
_EIGHTHS = 8


def floor_of(dtype: torch.dtype) -> float:
    """The smallest |x| but 0 of the core domain: x * x must survive a square root."""
    return _SMALLEST_HALF if dtype is torch.float16 else _SMALLEST


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
        numbers = every_number(dtype)
        yield _differentiated(numbers[_in_core(numbers, largest)])
    for size in SIZES:
        yield _differentiated((counting(size) - size // 2 / _EIGHTHS) * (_CORE / size))
    yield _differentiated((counting(3 * SIZES[0]).reshape(SIZES[0], 3) - _EIGHTHS) / 2)
    tails = counting(round(2 * _TAIL * _EIGHTHS) + 1) - _TAIL
    yield replace(_differentiated(tails), label=TAIL)


def tiny(dtypes: Iterable[torch.dtype]) -> Iterator[Probe]:
    """The numbers of 16-bit dtypes that are smaller than those of the core domain."""
    for dtype in dtypes:
        numbers = every_number(dtype)
        yield _differentiated(numbers[(numbers.abs() < floor_of(dtype)) & (numbers != 0)])


def _in_core(numbers: Tensor, largest: float) -> Tensor:
    return (numbers == 0) | ((numbers.abs() <= largest) & (numbers.abs() >= floor_of(numbers.dtype)))


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
