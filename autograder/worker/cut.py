"""Cut the program of one call out of a tape, and write it."""

from __future__ import annotations

import json
from collections.abc import Sequence

from torch import Tensor

from autograder.worker.program import Json
from autograder.worker.values import Step, Value, place_of


def cut_out(
    earlier: Sequence[Step], steps: Sequence[Step], inputs: Sequence[Value], end: Sequence[Value]
) -> list[Step]:
    """The steps of one call, after those earlier ones that they need."""
    needed = {id(value): value for step in steps for value in step.used} | {id(value): value for value in end}
    places = {place_of(value.tensor) for value in needed.values()} if any(step.writes for step in earlier) else set()
    storages = {place[0] for place in places if place}
    kept = list(steps)
    for step in reversed(earlier):
        touches = step.writes and any(place and place[0] in storages for place in map(place_of, _tensors(step.used)))
        if touches or any(id(value) in needed for value in step.made):
            kept.insert(0, step)
            for value in step.used:
                needed[id(value)] = value
                if (place := place_of(value.tensor)) is not None:
                    storages.add(place[0])
    made = {id(value) for step in kept for value in step.made} | {id(value) for value in inputs}
    stale = [value for key, value in needed.items() if key not in made]
    return [Step(["stale", value], (), [value]) for value in stale] + kept


def left_over(
    first: Sequence[Step], second: Sequence[Step], inputs: Sequence[Value], end: Sequence[Value]
) -> list[Value]:
    """The values that one call has made of its inputs and another, on the same inputs, uses instead of its own."""
    given = {id(value) for value in inputs}
    derived = set(given)
    for step in first:
        if any(id(value) in derived for value in step.used):
            derived.update(id(value) for value in step.made)
    own = given | {id(value) for step in second for value in step.made}
    used = [value for step in second for value in step.used] + [*end]
    return [value for value in used if id(value) in derived and id(value) not in own]


def _tensors(values: Sequence[Value]) -> list[Tensor | None]:
    return [value.tensor for value in values]


def text_of(steps: Sequence[Step], inputs: Sequence[Value], end: Json) -> str:
    """Steps as a program's text, in which values are numbers in the order of their first use, the inputs first."""
    numbers = {id(value): number for number, value in enumerate(inputs)}

    def number(value: object) -> Json:
        if not isinstance(value, Value):
            raise TypeError(f"{type(value).__name__} cannot stand in a program")
        return {"v": numbers.setdefault(id(value), len(numbers))}

    program = {"inputs": len(inputs), "steps": [step.entry for step in steps], "end": end}
    return json.dumps(program, separators=(",", ":"), default=number)
