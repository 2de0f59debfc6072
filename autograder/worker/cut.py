"""Cut the program of one call out of a tape, and write it."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Sequence

from autograder.worker.program import Json
from autograder.worker.values import Step, Value, memory_of

_ENCODER = json.JSONEncoder(separators=(",", ":"), check_circular=False)


def cut_out(
    earlier: Sequence[Step], steps: Sequence[Step], inputs: Sequence[Value], end: Sequence[Value]
) -> list[Step]:
    """The steps of one call, after those earlier ones that they need."""
    needed = {id(value): value for step in steps for value in step.used} | {id(value): value for value in end}
    memories = _memories(needed.values()) if any(step.writes for step in earlier) else set()
    kept = list(steps)
    for step in reversed(earlier):
        touches = step.writes and not memories.isdisjoint(_memories(step.used))
        if touches or any(id(value) in needed for value in step.made):
            kept.insert(0, step)
            needed |= {id(value): value for value in step.used}
            memories |= _memories(step.used)
    made = {id(value) for step in kept for value in step.made} | {id(value) for value in inputs}
    stale = [value for key, value in needed.items() if key not in made]
    return [Step(["stale", value], (), [value]) for value in stale] + kept


def writing_to(lasting: Sequence[Value], steps: Sequence[Step]) -> set[int]:
    """Which of these steps, by their ids, write to the memory of something that lasts, by whatever name."""
    writing = [step for step in steps if step.writes]
    for value in (value for step in writing for value in step.used):
        value.memory = memory_of(value)  # for when its tensor is gone
    memories = _memories(lasting) if writing else set()
    return {id(step) for step in writing if not memories.isdisjoint(_memories(step.used))}


def needed(steps: Sequence[Step], alive: Collection[int], written: Collection[int]) -> list[Step]:
    """Those steps that have made what is alive, by the ids of values, or have written to it or to what lasts."""
    wanted = set(alive)
    kept = []
    for step in reversed(steps):
        writes = id(step) in written or (step.writes and any(id(value) in wanted for value in step.used))
        if writes or any(id(value) in wanted for value in step.made):
            kept.append(step)
            wanted.update(id(value) for value in step.used)
    return kept[::-1]


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


def _memories(values: Iterable[Value]) -> set[object]:
    return {memory_of(value) for value in values} - {None}


def _stated(step: Step) -> Iterable[Value]:
    """The values that a step's entry names; of a Function, those of its passes, which may have been noted since."""
    return _within(step.entry) if step.entry[0] == "function" else (*step.used, *step.made)


def _within(entry: Json) -> Iterator[Value]:
    if isinstance(entry, Value):
        yield entry
    elif isinstance(entry, list | tuple | dict):
        for item in entry.values() if isinstance(entry, dict) else entry:
            yield from _within(item)


def text_of(steps: Sequence[Step], inputs: Sequence[Value], end: Json) -> str:
    """Steps as a program's text, in which values are numbers in the order of their first use, the inputs first."""
    numbers: dict[int, int] = {}
    for value in (*inputs, *(value for step in steps for value in _stated(step)), *_within(end)):
        value["v"] = numbers.setdefault(id(value), len(numbers))
    return _ENCODER.encode({"inputs": len(inputs), "steps": [step.entry for step in steps], "end": end})
