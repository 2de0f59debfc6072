"""Every right answer of the bank: what is judged of it, a replay of its recording, is what calling it does."""

from __future__ import annotations

import functools
from collections.abc import Sequence

import pytest

from autograder.grade.plan import Chunk, encoded_chunk, make_plan
from autograder.grade.replayer import Replayer
from autograder.grade.session import Session
from autograder.worker.case import Case, Observation
from autograder.worker.rows import Observations
from tests.bank import Specimen, course, load_bank
from tests.inprocess import InProcessSandbox
from tests.observing import directly
from tests.programs import FILE, Learner, numbers

COURSE = course()
RIGHT = load_bank("right")
_ROOM = 64 << 20
_MOST = 80  # cases of an answer: one of about ten that it is judged by


@functools.cache
def cases_of(exercise: str) -> Chunk:
    """Some of every family's cases; two that are alike in form are shown to the worker as one."""
    plan = make_plan(COURSE, COURSE.exercise(exercise), seed=0)
    probes = [probe for family in plan.families.values() for probe in family.probes if len(probe.cases) == 1]
    step = max(1, len(probes) // _MOST)
    cases = [probe.cases[0] for probe in probes[::step]]
    return encoded_chunk(cases, _ROOM, [False] * len(cases))


def judged(specimen: Specimen, chunk: Chunk) -> Observations:
    """What the grader gets to see."""
    exercise = COURSE.exercise(specimen.exercise)
    sandbox = InProcessSandbox()
    with Session(sandbox, Replayer(sandbox), exercise, specimen.text, COURSE.budget) as session:
        session.load()
        return session.ask(chunk)


def called(specimen: Specimen, cases: Sequence[Case]) -> list[Observation]:
    """What calling the answer's function does, in a process of one's own."""
    symbol = COURSE.exercise(specimen.exercise).symbol
    function = Learner(f"{specimen.text}\n\nf = {symbol}\n").function
    return [directly(function, case, FILE) for case in cases]


@pytest.mark.parametrize("specimen", [pytest.param(item, id=item.id) for item in RIGHT])
def test_a_right_answer_is_judged_by_what_calling_it_does(specimen: Specimen) -> None:
    chunk = cases_of(specimen.exercise)
    seen = judged(specimen, chunk)
    for place, expected in enumerate(called(specimen, chunk.cases)):
        assert numbers(seen[place]) == numbers(expected), f"case {place}: {chunk.cases[place]}"
