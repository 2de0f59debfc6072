"""When two observations of the same cases say the same: facts alike, and every number within rounding.

Two ways of writing one mistake differ by roundoff. What is allowed is the oracle's tolerance of the lowest precision
that the numbers have gone through: the case's dtype, the result's, or the one that the mistake computes in. In float64
it is what the property `precision` allows, 64 rounding errors: a tenth of it is what right answers differ by, and a
formula guarded by 1e-12 differs by more. The scale is the reference's, or the mistake's own where that is larger. An
infinity agrees with itself alone, and nan with nan: where a formula overflows is what tells it from another one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import torch
from torch import Tensor

from autograder.oracle import EPSILON, PRECISE, TOLERANCE, Expected, dtype_of
from autograder.worker import codec
from autograder.worker.case import Case, Observation
from autograder.worker.rows import Observations, Outline

_BY_NAME = {codec.name_of(dtype): dtype for dtype in TOLERANCE}
_ALLOWED = {**TOLERANCE, torch.float64: PRECISE * EPSILON[torch.float64]}


@dataclass(frozen=True, slots=True, eq=False)
class Packed:
    """Observations as plain facts, one a case, and all their numbers in one row; ``starts`` has one more than cases."""

    facts: tuple[object, ...]
    numbers: Tensor
    starts: tuple[int, ...]

    def of(self, index: int) -> Tensor:
        """The numbers of one case."""
        return self.numbers[self.starts[index] : self.starts[index + 1]]

    def only(self, index: int) -> Packed:
        """One case by itself."""
        numbers = self.of(index)
        return Packed(self.facts[index : index + 1], numbers, (0, len(numbers)))


def pack(seen: Observations) -> Packed:
    """All that can be compared of observations."""
    known = {id(outline): _facts(outline) for outline in seen.outlines}
    return Packed(tuple([known[id(outline)] for outline in seen.outlines]), seen.numbers, seen.starts)


def _facts(outline: Outline) -> object:
    """What agrees exactly or not at all; of an exception where it came from, and whether it was a ValueError."""
    seen = outline.facts
    if seen.raised is not None:
        return seen.raised.stage, "ValueError" in seen.raised.bases, seen.mutated, seen.globals_changed
    gradients = tuple(None if layout is None else layout.shape for layout in outline.gradients)
    return (
        (seen.type, seen.shape, seen.dtype, seen.requires_grad, gradients),
        (seen.mutated, seen.aliased, seen.globals_changed, outline.output is None),
    )


def allowances(
    cases: Sequence[Case], expected: Sequence[Expected], seen: Sequence[Observation], computes_in: torch.dtype | None
) -> Tensor:
    """How far from each packed number of ``seen`` another may be that says the same."""
    rows = [_allowance(*each, computes_in) for each in zip(cases, expected, seen, strict=True)]
    flat = [row for group in rows for row in group]
    return torch.cat(flat) if flat else torch.zeros(0, dtype=torch.float64)


def _allowance(case: Case, expected: Expected, seen: Observation, computes_in: torch.dtype | None) -> list[Tensor]:
    dtypes = [dtype_of(case), _BY_NAME.get(seen.dtype), computes_in]
    tolerance = max(_ALLOWED[dtype] for dtype in dtypes if dtype is not None)
    count = len(seen.gradients)
    scales = [expected.scale] if seen.output is not None else []
    scales += [
        scale
        for scale, gradient in zip(_filled(expected.gradient_scales, count), seen.gradients, strict=True)
        if gradient is not None
    ]
    scales += list(_filled(expected.second_scales, len(seen.second)))
    tensors = [tensor for tensor in (seen.output, *seen.gradients, *seen.second) if tensor is not None]
    return [tolerance * _scaled(tensor, scale) for tensor, scale in zip(tensors, scales, strict=True)]


def _filled(scales: Sequence[Tensor], count: int) -> list[Tensor]:
    """A scale for each; 1 where the reference had nothing there to scale."""
    return [*scales[:count], *[torch.ones((), dtype=torch.float64)] * (count - len(scales))]


def _scaled(tensor: Tensor, scale: Tensor) -> Tensor:
    own = torch.nan_to_num(tensor.double(), posinf=0.0, neginf=0.0).abs().reshape(-1)
    fits = scale.shape == tensor.shape
    # A result of another shape than the right one has no scale of its own element by element.
    wanted = scale.double().reshape(-1) if fits else scale.double().max() if scale.numel() else torch.ones(())
    return torch.maximum(own, wanted.to(own.dtype).expand(own.shape))


def close(mine: Tensor, theirs: Tensor, allowed: Tensor) -> bool:
    """Whether every number says the same."""
    return bool(_close(mine, theirs, allowed).all())


def rows_close(mine: Tensor, theirs: Tensor, allowed: Tensor) -> list[int]:
    """In which rows of ``theirs`` every number says the same as in the one row ``mine``."""
    found: list[int] = _close(mine, theirs, allowed).all(1).nonzero().reshape(-1).tolist()
    return found


def _close(mine: Tensor, theirs: Tensor, allowed: Tensor) -> Tensor:
    return ((mine - theirs).abs() <= allowed) | (mine == theirs) | (mine.isnan() & theirs.isnan())


def agree(mine: Packed, theirs: Packed, allowed: Tensor) -> bool:
    """Whether two packs say the same on every case."""
    return mine.facts == theirs.facts and close(mine.numbers, theirs.numbers, allowed)


def differing(mine: Packed, theirs: Packed, allowed: Tensor) -> list[int]:
    """The cases on which two packs do not say the same, in order."""
    unlike = [first != second for first, second in zip(mine.facts, theirs.facts, strict=True)]
    if mine.starts == theirs.starts:  # all numbers at once, a hundred times faster than case by case
        wrong = (~_close(mine.numbers, theirs.numbers, allowed)).cumsum(0).tolist()
        upto = [wrong[start - 1] if start else 0 for start in mine.starts]
        return [index for index, said in enumerate(unlike) if said or upto[index] != upto[index + 1]]
    return [index for index, said in enumerate(unlike) if said or not _close_on(index, mine, theirs, allowed)]


def _close_on(index: int, mine: Packed, theirs: Packed, allowed: Tensor) -> bool:
    there = slice(theirs.starts[index], theirs.starts[index + 1])
    return close(mine.of(index), theirs.numbers[there], allowed[there])


def passes_through(mine: Packed, cases: Sequence[Case], dtype: torch.dtype) -> bool:
    """Whether every number of a more precise case is one of ``dtype``: what came out of other arithmetic is not."""
    finer = [index for index, case in enumerate(cases) if EPSILON[dtype_of(case)] < EPSILON[dtype]]
    numbers = [mine.of(index) for index in finer]
    return all(bool(((row.to(dtype).double() == row) | row.isnan()).all()) for row in numbers)


def reference_facts(case: Case, expected: Expected) -> Observation:
    """What the reference did, told in the case's dtype: it was observed in float64."""
    return replace(expected.observation, dtype=codec.name_of(dtype_of(case)))
