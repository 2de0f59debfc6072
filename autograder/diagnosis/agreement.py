"""When two observations of the same cases say the same: facts alike, and every number within rounding.

Two ways of writing one mistake differ by roundoff. What is allowed is the oracle's tolerance of the lowest precision
that the numbers have gone through: the case's dtype, the result's, or the one that the mistake computes in. In float64
it is what the property `precision` allows, 64 rounding errors: a tenth of it is what right answers differ by, and a
formula guarded by 1e-12 differs by more. The scale is the reference's, or the mistake's own where that is larger. What
is not finite agrees with what is not, infinite or nan: where a formula overflows is what tells it from another one, and
of two ways of writing the rest one makes nan of an infinity.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import torch
from torch import Tensor

from autograder.oracle import EPSILON, PRECISE, TOLERANCE, Expected, dtype_of
from autograder.worker import codec
from autograder.worker.case import Case, Observation
from autograder.worker.rows import Layout, Observations, Outline

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
    known = {id(outline): outline for outline in seen.outlines}
    facts = {key: _facts(outline) for key, outline in known.items()}
    return Packed(tuple([facts[id(outline)] for outline in seen.outlines]), seen.numbers, seen.starts)


def _facts(outline: Outline) -> object:
    """What agrees exactly or not at all; of an exception where it came from, and whether it was a ValueError.

    How many numbers there are is among it: a forged answer may have some that no call gives.
    """
    seen = outline.facts
    if seen.raised is not None:
        kind = seen.raised.stage, "ValueError" in seen.raised.bases
        return kind, (seen.mutated, seen.globals_changed), outline.count
    gradients = tuple(None if layout is None else layout.shape for layout in outline.gradients)
    return (
        (seen.type, seen.shape, seen.dtype, seen.requires_grad, gradients),
        (seen.mutated, seen.aliased, seen.globals_changed, outline.output is None),
        outline.count,
    )


class Allowances:
    """How far from each number of an observation another may be that says the same.

    Args:
        cases: all that are compared.
        expected: what the reference does on each.

    """

    def __init__(self, cases: Sequence[Case], expected: Sequence[Expected]) -> None:
        self._cases = tuple(cases)
        self._expected = tuple(expected)
        self._dtypes = [dtype_of(case) for case in cases]
        self._scales: dict[object, Tensor] = {}  # many mistakes give results of one form

    def of(self, index: int, seen: Observations, computes_in: torch.dtype | None = None) -> Tensor:
        """For the only one of ``seen``, which was observed on the case of this index."""
        (outline,) = seen.outlines
        key = index, outline.output, outline.gradients, outline.second
        if key not in self._scales:
            self._scales[key] = _scales(self._cases[index], self._expected[index], outline)
        dtypes = [self._dtypes[index], _BY_NAME.get(outline.facts.dtype), computes_in]
        tolerance = max(_ALLOWED[dtype] for dtype in dtypes if dtype is not None)
        own = torch.nan_to_num(seen.numbers, posinf=0.0, neginf=0.0).abs_()
        return torch.maximum(own, self._scales[key]).mul_(tolerance)


def _scales(case: Case, expected: Expected, outline: Outline) -> Tensor:
    found = [_scale(outline.output, expected.scale)]
    derivatives = (outline.gradients, expected.gradient_scales), (outline.second, expected.second_scales)
    for layouts, scales in derivatives:
        for position, (layout, scale) in enumerate(zip(layouts, _filled(scales, len(layouts)), strict=True)):
            found.append(_scale(layout, scale).masked_fill(_nobodys(case, position, layout), torch.inf))
    return torch.cat(found)


def _nobodys(case: Case, position: int, layout: Layout | None) -> Tensor:
    """Where an input is not finite: right forms differ in the gradient there, and so do those of one mistake."""
    argument = case.args[case.wrt[position]] if position < len(case.wrt) else None
    if layout is None or not isinstance(argument, Tensor) or tuple(argument.shape) != layout.shape:
        return torch.zeros((), dtype=torch.bool)
    return ~argument.isfinite().reshape(-1)


def _filled(scales: Sequence[Tensor], count: int) -> list[Tensor]:
    """A scale for each; 1 where the reference had nothing there to scale."""
    return [*scales[:count], *[torch.ones((), dtype=torch.float64)] * (count - len(scales))]


def _scale(layout: Layout | None, scale: Tensor) -> Tensor:
    if layout is None:
        return torch.zeros(0, dtype=torch.float64)
    if tuple(scale.shape) == layout.shape:
        return scale.double().reshape(-1)
    # A result of another shape than the right one has no scale of its own element by element.
    largest = scale.double().max() if scale.numel() else torch.ones((), dtype=torch.float64)
    return largest.expand(layout.size)


def close(mine: Tensor, theirs: Tensor, allowed: Tensor) -> bool:
    """Whether every number says the same."""
    return bool(_close(mine, theirs, allowed).all())


def rows_close(mine: Tensor, theirs: Tensor, allowed: Tensor) -> list[int]:
    """In which rows of ``theirs`` every number says the same as in the one row ``mine``."""
    found: list[int] = _close(mine, theirs, allowed).all(1).nonzero().reshape(-1).tolist()
    return found


def _close(mine: Tensor, theirs: Tensor, allowed: Tensor) -> Tensor:
    alike = ((mine - theirs).abs() <= allowed) | (mine == theirs) | ~(mine.isfinite() | theirs.isfinite())
    return alike | allowed.isinf()


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
