"""Where a submission agrees with the reference, found for all cases at once.

Most numbers of most submissions are right. Asked case by case, what is right takes longer to judge than to compute; so
properties say which parts of an observation they compare, and are asked only about cases where these do not agree.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import Flag

import torch
from torch import Tensor

from autograder.oracle import Expected
from autograder.worker.rows import Form, Observations


class Part(Flag):
    """What of an observation agrees with the reference: its shape, and every number within the tolerance."""

    NOTHING = 0
    OUTPUT = 1
    GRADIENTS = 2
    SECOND = 4


_PARTS = tuple(Part)
_BY_BITS = tuple(Part(bits) for bits in range(8))


class Yardstick:
    """What the references do on the cases of a plan, in one row, and how far from each number an answer may be.

    Args:
        expected: one for each case, in the order in which they are asked for.

    """

    def __init__(self, expected: Sequence[Expected]) -> None:
        right = Observations.of(item.observation for item in expected)
        self._right, self._starts = right.numbers, right.starts
        self._forms = [outline.form for outline in right.outlines]
        self._allowed = torch.cat([row for item in expected for row in _allowed(item)] or [self._right])
        # Of each case, where in the row the numbers of its parts begin, and where the last ends.
        bounds = [_bounds(*pair) for pair in zip(self._forms, self._starts, strict=False)]
        self._bounds = torch.tensor(bounds, dtype=torch.int64).reshape(len(expected), 1 + len(_PARTS))

    def agreed(self, seen: Observations) -> list[Part]:
        """Which parts of each observation agree."""
        pairs = zip(seen.outlines, self._forms, strict=True)
        fits = [form is not None and outline.form == form for outline, form in pairs]
        mine = self._aligned(seen, fits)
        near = (mine - self._right).abs_() <= self._allowed
        wrong = ~(near | (mine == self._right) | (mine.isnan() & self._right.isnan()))  # nan is nan, inf is inf
        before = torch.cat([torch.zeros(1, dtype=torch.int64), wrong.cumsum(0)])[self._bounds]
        bits = ((before.diff() == 0) * torch.tensor([part.value for part in _PARTS])).sum(1).tolist()
        return [_BY_BITS[found] if fit else Part.NOTHING for found, fit in zip(bits, fits, strict=True)]

    def _aligned(self, seen: Observations, fits: Sequence[bool]) -> Tensor:
        """Its numbers where the right ones are; nan for cases of another form."""
        if seen.starts == self._starts:
            return seen.numbers
        lengths = (end - start for start, end in zip(self._starts, self._starts[1:], strict=False))
        pieces = [
            seen.numbers_of(index) if fit else torch.full((length,), torch.nan, dtype=torch.float64)
            for index, (length, fit) in enumerate(zip(lengths, fits, strict=True))
        ]
        return torch.cat(pieces)


def _allowed(expected: Expected) -> list[Tensor]:
    """Rows of what is allowed for the numbers of one case, in the order of an `Observations`."""
    seen = expected.observation
    scaled = [(seen.output, expected.scale)]
    scaled += zip(seen.gradients, expected.gradient_scales, strict=False)
    scaled += zip(seen.second, expected.second_scales, strict=False)
    return [
        (expected.tolerance * scale).double().expand(tensor.shape).reshape(-1)
        for tensor, scale in scaled
        if tensor is not None
    ]


def _bounds(form: Form | None, start: int) -> list[int]:
    if form is None:
        return [start] * (1 + len(_PARTS))
    found = [start]
    for shapes in ((form[0],), form[1], form[2]):
        found.append(found[-1] + sum(torch.Size(shape).numel() for shape in shapes if shape is not None))
    return found
