"""A class of which one in ten is hostile: every honest learner's report is what it would be without them."""

from __future__ import annotations

import contextlib
import itertools
from collections.abc import Sequence
from dataclasses import replace

import pytest

from autograder.grade import Grader, grade_class
from autograder.result import Report, Verdict
from autograder.sandbox.layered import LayeredSandbox, supported
from autograder.submission import Submission
from tests.bank import Specimen, course, load_bank
from tests.hostile import load_hostile, quick_course, without_rules

pytestmark = [pytest.mark.slow, pytest.mark.skipif(not supported(), reason="a zygote and its layers are of Linux")]

CLASS, EXERCISE = 120, "relu"
SECONDS, MEMORY_MB = 0.5, 256
COURSE = without_rules(quick_course(course(), seconds=SECONDS, memory_mb=MEMORY_MB))


def learner(number: int, specimen: Specimen) -> Submission:
    return replace(specimen.submission(COURSE), learner=f"learner-{number:03}")


def a_class() -> tuple[list[Submission], list[Submission]]:
    """Everybody, and the honest among them; right and wrong answers in turn, every tenth hostile."""
    honest = itertools.cycle(item for item in load_bank("right", "wrong") if item.exercise == EXERCISE)
    chosen = [item.specimen for item in load_hostile() if item.specimen.exercise == EXERCISE and not item.unfit()]
    hostile = iter(chosen[:: max(1, len(chosen) // (CLASS // 10))])
    everybody = [(number, number % 10 == 9) for number in range(CLASS)]
    submissions = [(learner(number, next(hostile if bad else honest)), bad) for number, bad in everybody]
    return [item for item, _ in submissions], [item for item, bad in submissions if not bad]


def reports(submissions: Sequence[Submission]) -> dict[str, Report]:
    sandbox = LayeredSandbox(MEMORY_MB, seconds=SECONDS)
    with contextlib.closing(sandbox):
        if sandbox.info().level != "full":
            pytest.skip(f"hostile code is run at level full only, and this system gives level={sandbox.info().level}")
        grader = Grader(COURSE, exercises=COURSE.select([EXERCISE]), seed=0, sandbox=sandbox)
        with contextlib.closing(grade_class(grader, submissions, jobs=1)) as graded:
            return {item.submission.learner: item.report for item in graded}


def test_the_honest_are_graded_as_if_the_hostile_were_not_there() -> None:
    everybody, honest = a_class()
    assert (len(everybody), len(honest)) == (CLASS, CLASS * 9 // 10)
    together, alone = reports(everybody), reports(honest)
    assert set(together) == {item.learner for item in everybody}
    for name, report in alone.items():
        assert together[name].model_dump_json() == report.model_dump_json(), name
    verdicts = {report.exercises[0].verdict for report in together.values()}
    assert Verdict.ERROR not in verdicts
    assert {Verdict.PASS, Verdict.FAIL, Verdict.TIMEOUT, Verdict.CRASH} <= verdicts
