"""What the bank's submissions are diagnosed as, each observed on every case of a plan without a process."""

from __future__ import annotations

import functools
from collections.abc import Sequence

from autograder.diagnosis import find
from autograder.grade.plan import Plan, make_plan
from autograder.grade.replayer import Replayer
from autograder.grade.session import LoadFailed, Session
from autograder.oracle import Expected
from autograder.worker.case import Case, Observation
from autograder.worker.rows import Observations
from tests.bank import Specimen, course
from tests.inprocess import InProcessSandbox

COURSE = course()
HEADER = "# diagnosis: "


def named_in(specimen: Specimen) -> tuple[str, ...]:
    """The mistakes that a file of the bank says it is to be diagnosed as; empty where it says nothing."""
    lines = [line.removeprefix(HEADER) for line in specimen.text.splitlines()[:3] if line.startswith(HEADER)]
    return tuple(name.strip() for line in lines for name in line.split(","))


def diagnosed(specimen: Specimen, seed: int = 0) -> tuple[str, ...]:
    """The mistakes that are found in a file of the bank, by their names."""
    plan, cases, expected = planned(specimen.exercise, seed)
    return find(plan.exercise, cases, observed(plan, specimen), expected)


@functools.lru_cache(maxsize=8)
def planned(exercise: str, seed: int) -> tuple[Plan, Sequence[Case], Sequence[Expected]]:
    """An exercise's plan, and its cases with what the reference does, in the order in which they are asked for."""
    plan = make_plan(COURSE, COURSE.exercise(exercise), seed)
    cases = [case for chunk in plan.chunks for case in chunk.cases]
    expected = [item for family in plan.families.values() for items in family.expected for item in items]
    return plan, cases, expected


def observed(plan: Plan, specimen: Specimen) -> Observations:
    """What a file of the bank does on every case; nothing where it cannot even be loaded."""
    with session_of(plan, specimen) as session:
        try:
            session.load()
        except LoadFailed:
            return Observations.of(Observation(type="", lost="crash") for chunk in plan.chunks for _ in chunk.cases)
        return session.observe_all(plan.chunks)


def session_of(plan: Plan, specimen: Specimen) -> Session:
    """A session with a file of the bank, which is yet to be loaded."""
    sandbox = InProcessSandbox()
    return Session(sandbox, Replayer(sandbox), plan.exercise, specimen.text, COURSE.budget)
