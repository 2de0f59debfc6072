"""Cases along a line, for pictures: one number of the input moves, all others stay where they are."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import torch
from torch import Tensor

from autograder.course import Exercise
from autograder.worker.case import Case

_MIDDLE = tuple(step / 8 for step in range(-80, 81))
# 44.4 and 88.7: from there exp(2x) and exp(x) overflow in float32; from 104 on exp(-x) is 0.
_OUTER = (11, 12, 14, 16, 18, 20, 25, 30, 35, 40, 44, 45, 50, 60, 70, 80, 88, 89, 90, 100, 104, 120, 150, 200, 300, 500,
          700, 1000)  # fmt: skip
_AT = tuple(sorted([*_MIDDLE, *map(float, _OUTER), *(-float(value) for value in _OUTER)]))


@dataclass(frozen=True, slots=True, eq=False)
class Slice:
    """What a picture shows: the calls, and where the moving number stands in their first argument.

    Args:
        call: a call as a learner would write it, with ``x`` for the moving number.
        at: the values of ``x``, rising; each is exact in float32.
        cases: a call for each value, differentiated.
        moving: the index of ``x`` in the first argument.
        output: the index of the number that is shown in the output.

    """

    call: str
    at: tuple[float, ...]
    cases: tuple[Case, ...]
    moving: tuple[int, ...]
    output: tuple[int, ...]


def slice_of(exercise: Exercise) -> Slice:
    """The slice of an exercise's function that its pictures show, in float32."""
    return _SLICES[exercise.family](exercise)


def _activation(exercise: Exercise) -> Slice:
    inputs = (torch.tensor([value], dtype=torch.float32) for value in _AT)
    cases = tuple(Case((x,), wrt=(0,), cotangent=torch.ones_like(x)) for x in inputs)
    return Slice(f"{_callable(exercise)}(x)", _AT, cases, moving=(0,), output=(0,))


def _classification(exercise: Exercise) -> Slice:
    """Two rows, so that a mean over the wrong number shows."""
    logits = torch.tensor([[1.0, 0.0, 0.0], [0.0, 0.5, -1.0]])
    call = f"{_callable(exercise)}([[1, x, 0], [0, 0.5, -1]], [1, 2])"
    return _loss(call, logits, torch.tensor([1, 2]), moving=(0, 1))


def _regression(exercise: Exercise) -> Slice:
    return _loss(
        f"{_callable(exercise)}([x, 2.5, 3.5], [1, 2, 3])",
        torch.tensor([0.0, 2.5, 3.5]),
        torch.tensor([1.0, 2.0, 3.0]),
        moving=(0,),
    )


def _loss(call: str, first: Tensor, target: Tensor, moving: tuple[int, ...]) -> Slice:
    def case(value: float) -> Case:
        moved = first.clone()
        moved[moving] = value
        return Case((moved, target), wrt=(0,), cotangent=torch.ones(()))

    return Slice(call, _AT, tuple(map(case, _AT)), moving, output=())


def _callable(exercise: Exercise) -> str:
    return f"{exercise.symbol}()" if exercise.kind == "module" else exercise.symbol


_SLICES: Mapping[str, Callable[[Exercise], Slice]] = {
    "activation": _activation,
    "classification": _classification,
    "regression": _regression,
}
