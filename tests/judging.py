"""A property's judge on a probe of its family, where a test changes right observations by hand."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import torch
from torch import Tensor

from autograder.grade.plan import expect_probe
from autograder.oracle import Expected
from autograder.properties import Check, Property, load_properties
from autograder.result import Mismatch
from autograder.strategies.build import families
from autograder.strategies.probe import Family, Probe
from autograder.worker.case import Case, Observation, Raised, Trace
from tests.bank import course
from tests.observing import directly
from tests.solutions import solution

COURSE = course()
EXERCISES = {exercise.name: exercise for exercise in COURSE.exercises}
Change = Callable[[Observation], Observation]


# Right observations ---------------------------------------------------------------------------------------------------


@functools.cache
def makers(exercise: str) -> Mapping[str, Family]:
    """The families of an exercise."""
    return families(EXERCISES[exercise], COURSE.budget)


def find(exercise: str, name: str, probe: int | str) -> tuple[Property, Probe]:
    """A property and a fixed probe of the family that it reads, by position or by label."""
    item = load_properties()[name]
    fixed = makers(exercise)[item.reads].fixed
    chosen = fixed[probe] if isinstance(probe, int) else next(one for one in fixed if one.label == probe)
    return item, chosen


@functools.cache
def expectation(exercise: str, probe: Probe) -> tuple[Expected, ...]:
    """What the reference does on each case."""
    return expect_probe(EXERCISES[exercise], probe)


def right(exercise: str, case: Case) -> Observation:
    """What our solution does; where an accelerator is asked for, as it would be seen there."""
    seen = directly(solution(EXERCISES[exercise]), replace(case, device="cpu", trace=False))
    on_device = tuple("" if gradient is None else case.device for gradient in seen.gradients)
    trace = Trace(calls=2) if case.trace else None
    return replace(seen, device=case.device, gradient_devices=on_device, trace=trace)


# Wrong observations ---------------------------------------------------------------------------------------------------


def unchanged(seen: Observation) -> Observation:
    """The right observation."""
    return seen


def seen_as(**fields: Any) -> Change:
    """The right observation with these fields instead."""
    return lambda seen: replace(seen, **fields)


def output(change: Callable[[Tensor], Tensor]) -> Change:
    """The right observation but for its output, which is changed; shape and dtype are told as they are."""

    def apply(seen: Observation) -> Observation:
        assert seen.output is not None
        new = change(seen.output.detach().clone())
        return replace(seen, output=new, shape=tuple(new.shape), dtype=str(new.dtype).removeprefix("torch."))

    return apply


def gradient(change: Callable[[Tensor], Tensor], position: int = 0) -> Change:
    """The right observation but for one gradient."""

    def apply(seen: Observation) -> Observation:
        found = list(seen.gradients)
        old = found[position]
        assert old is not None
        found[position] = change(old.clone())
        return replace(seen, gradients=tuple(found))

    return apply


def raising(error: type[Exception], message: str, *, stage: str = "call", line: int | None = None) -> Change:
    bases = tuple(base.__name__ for base in error.__mro__)
    return lambda _: Observation(type="", raised=Raised(stage, error.__name__, bases, message, line))


def put(number: float, *index: int) -> Callable[[Tensor], Tensor]:
    """A number in place of one element."""
    return lambda tensor: tensor.index_put([torch.tensor(i) for i in index], torch.tensor(number, dtype=tensor.dtype))


def calls(count: int) -> Change:
    return seen_as(trace=Trace(calls=count))


def events(**counts: int) -> Change:
    """Of the accelerator: ``sync_item=3`` is three times ``sync: item``."""
    named = {name.replace("_", ": "): count for name, count in counts.items()}
    return seen_as(trace=Trace(calls=1, events=named))


@dataclass(frozen=True)
class Row:
    """A wrong observation and what must be said about it.

    Args:
        exercise: whose solution the right observations are of.
        property: the judge's.
        change: makes the wrong observation of a right one.
        aspect: the mismatch's.
        message: the mismatch's; … stands for anything.
        probe: which fixed probe of the family, by position or by label.
        at: the changed case of the probe, all others being right; None changes all.

    """

    exercise: str
    property: str
    change: Change
    aspect: str
    message: str
    probe: int | str = 0
    at: int | None = 0

    def __str__(self) -> str:
        return f"{self.exercise}-{self.property}-{self.message[:40]}"


def judge(row: Row, change: Change) -> Mismatch | None:
    """The judgement of a row's probe with another change than its own."""
    item, chosen = find(row.exercise, row.property, row.probe)
    actual = tuple(
        change(seen) if row.at in (None, index) else seen
        for index, seen in enumerate(right(row.exercise, case) for case in chosen.cases)
    )
    return item.judge(Check(EXERCISES[row.exercise], chosen, actual, expectation(row.exercise, chosen)))


def assert_judged(row: Row) -> None:
    """The mismatch says what is wrong, and there is none for the right observation that it was made from."""
    assert judge(row, unchanged) is None
    found = judge(row, row.change)
    assert found is not None
    assert found.aspect == row.aspect
    assert re.fullmatch(re.escape(row.message).replace("…", ".+"), found.message), found.message
