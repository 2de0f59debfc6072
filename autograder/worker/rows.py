"""What a function did on many cases: an outline for each, and all numbers in one row of float64.

Most calls of a submission differ from one another in nothing but their numbers. So what was observed besides those is
told once for all calls that are alike, and the numbers of all calls can be compared in one go.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import fields
from itertools import accumulate
from operator import attrgetter
from typing import Any, NamedTuple, overload

import torch
from torch import Tensor

from autograder.worker.case import Observation

DTYPES = (
    *(torch.float64, torch.float32, torch.bfloat16, torch.float16),
    *(torch.int64, torch.int32, torch.uint8, torch.bool),
)
"""Those whose numbers are carried; all but the largest int64 survive the way through float64."""

_CARRIED = frozenset(DTYPES)
_BYTES = 8  # of a number in the row
_APART = ("output", "gradients", "second", "module", "trace", "raised")
_FACTS = attrgetter(*(field.name for field in fields(Observation) if field.name not in _APART))


class Layout(NamedTuple):
    """How a tensor is made of its numbers."""

    dtype: torch.dtype
    shape: tuple[int, ...]

    @property
    def size(self) -> int:
        """How many numbers it has."""
        return math.prod(self.shape)


Form = tuple[tuple[int, ...], tuple[tuple[int, ...] | None, ...], tuple[tuple[int, ...] | None, ...]]
"""Shapes of an output, its gradients and their gradients."""


class Outline:
    """An observation without its numbers.

    Args:
        facts: the observation; its tensors are not looked at.
        output: the output's layout; None where its numbers are not carried.
        gradients: likewise, of each gradient.
        second: likewise, of each second gradient.

    """

    __slots__ = ("_fields", "count", "facts", "form", "gradients", "output", "second")

    def __init__(
        self,
        facts: Observation,
        output: Layout | None = None,
        gradients: tuple[Layout | None, ...] = (),
        second: tuple[Layout | None, ...] = (),
    ) -> None:
        self.facts = facts
        self._fields: dict[str, Any] | None = None
        self.output, self.gradients, self.second = output, gradients, second
        self.count = sum(layout.size for layout in self._layouts())
        self.form = self._form()

    def _form(self) -> Form | None:
        if self.facts.type != "Tensor" or self.facts.raised is not None or self.facts.lost or self.output is None:
            return None
        gradients, second = (
            tuple([None if layout is None else layout.shape for layout in layouts])
            for layouts in (self.gradients, self.second)
        )
        return self.output.shape, gradients, second

    def filled(self, numbers: Tensor) -> Observation:
        """The observation with these numbers, which are its part of the row."""
        parts = iter(numbers.split_with_sizes([layout.size for layout in self._layouts()]))

        def take(layout: Layout | None) -> Tensor | None:
            return None if layout is None else next(parts).view(layout.shape).to(layout.dtype)

        output = take(self.output)  # in the order of the row
        gradients = tuple([take(layout) for layout in self.gradients])
        second = tuple([take(layout) for layout in self.second])
        if self._fields is None:
            self._fields = {field.name: getattr(self.facts, field.name) for field in fields(Observation)}
        return Observation(**{**self._fields, "output": output, "gradients": gradients, "second": second})

    def _layouts(self) -> list[Layout]:
        return [layout for layout in (self.output, *self.gradients, *self.second) if layout is not None]


class Observations(Sequence[Observation]):
    """Observations in the order of their cases.

    Args:
        outlines: one for each case; cases that are alike share theirs.
        numbers: all numbers, case by case: the output's, then those of the gradients, then those of the second ones.

    """

    def __init__(self, outlines: Sequence[Outline], numbers: Tensor) -> None:
        self.outlines, self.numbers = outlines, numbers
        self.starts = tuple(accumulate((outline.count for outline in outlines), initial=0))
        self._filled: dict[int, Observation] = {}

    @classmethod
    def of(cls, seen: Iterable[Observation], room: int | None = None) -> Observations:
        """Take observations apart; tensors for which there is no ``room`` in bytes are left out."""
        writer = _Writer(room)
        outlines = [writer.add(observation) for observation in seen]
        return cls(outlines, writer.numbers())

    @classmethod
    def joined(cls, parts: Sequence[Observations]) -> Observations:
        """One after the other."""
        numbers = torch.cat([part.numbers for part in parts]) if parts else torch.zeros(0, dtype=torch.float64)
        return cls([outline for part in parts for outline in part.outlines], numbers)

    def numbers_of(self, index: int) -> Tensor:
        """The numbers of one case."""
        return self.numbers[self.starts[index] : self.starts[index + 1]]

    def __len__(self) -> int:
        return len(self.outlines)

    @overload
    def __getitem__(self, index: int) -> Observation: ...

    @overload
    def __getitem__(self, index: slice) -> tuple[Observation, ...]: ...

    def __getitem__(self, index: int | slice) -> Observation | tuple[Observation, ...]:
        if isinstance(index, slice):
            return tuple([self[place] for place in range(*index.indices(len(self)))])
        place = range(len(self))[index]
        if place not in self._filled:  # most are never asked for: their numbers were right
            self._filled[place] = self.outlines[place].filled(self.numbers_of(place))
        return self._filled[place]


class _Writer:
    """Collects the numbers of observations, and an outline for all that are alike."""

    def __init__(self, room: int | None) -> None:
        self._room = room
        self._size = 0
        self._parts: list[Tensor] = []
        self._known: dict[object, Outline] = {}

    def add(self, seen: Observation) -> Outline:
        output = self._take(seen.output)
        gradients = tuple([self._take(tensor) for tensor in seen.gradients])
        second = tuple([self._take(tensor) for tensor in seen.second])
        if seen.trace is not None or seen.raised is not None:  # hardly ever twice the same
            return Outline(seen, output, gradients, second)
        module = None if seen.module is None else tuple(seen.module.items())
        key = (output, gradients, second, module, *_FACTS(seen))
        found = self._known.get(key)
        if found is None:
            found = self._known[key] = Outline(seen, output, gradients, second)
        return found

    def numbers(self) -> Tensor:
        # The first, which is empty, makes float64 of all the others: to convert each by itself takes longer.
        return torch.cat([torch.zeros(0, dtype=torch.float64), *self._parts]).detach()

    def _take(self, tensor: Tensor | None) -> Layout | None:
        if tensor is None or tensor.dtype not in _CARRIED:
            return None
        layout = Layout(tensor.dtype, tuple(tensor.shape))
        size = tensor.numel() * _BYTES
        if self._room is not None and self._size + size > self._room:
            return None
        self._size += size
        # The gradient of nothing may be torch's ZeroTensor, which has no memory to look at; a clone has.
        self._parts.append((tensor.clone() if tensor._is_zerotensor() else tensor).reshape(-1))
        return layout
