"""Who records the programs of an answer that passed passes, and is not replayed; nobody else does."""

from __future__ import annotations

from dataclasses import replace

import pytest

from autograder.grade import Grader
from autograder.grade.plan import Chunk, Replayed
from autograder.grade.replayer import Recording, Replayer
from autograder.result import ExerciseResult, Verdict
from tests.bank import Specimen, course
from tests.inprocess import InProcessSandbox

COURSE = course()
QUICK = replace(COURSE, budget=COURSE.budget.model_copy(update={"search_calls": 0}))
RIGHT = """import torch


def relu(x):
    return torch.where(x <= 0, torch.zeros_like(x), x)
"""
GUARDED = """import torch


def relu(x):
    positive = torch.where(x <= 0, torch.zeros_like(x), x)
    if (x > 40).any():
        return {large}
    return positive
"""


def grader() -> Grader:
    return Grader(QUICK, exercises=[QUICK.exercise("relu")], seed=0, properties=["values"], sandbox=InProcessSandbox())


def graded(by: Grader, text: str) -> ExerciseResult:
    return by.grade(Specimen("right", "relu", "me", text, "full marks").submission(QUICK)).exercises[0]


@pytest.fixture
def replays(monkeypatch: pytest.MonkeyPatch) -> list[Chunk]:
    """The chunks that are replayed."""
    seen: list[Chunk] = []
    replay = Replayer.replay

    def noted(self: Replayer, chunk: Chunk, calls: list[Recording], *, seed: int, seconds: float) -> Replayed:
        seen.append(chunk)
        return replay(self, chunk, calls, seed=seed, seconds=seconds)

    monkeypatch.setattr(Replayer, "replay", noted)
    return seen


def test_another_text_of_the_same_programs_is_not_replayed(replays: list[Chunk]) -> None:
    with grader() as by:
        first = graded(by, RIGHT)
        asked = len(replays)
        second = graded(by, RIGHT.replace("(x)", "(it)").replace("x <=", "it <=").replace(", x)", ", it)  # mine"))
    assert asked > 0
    assert len(replays) == asked
    assert (first.verdict, second) == (Verdict.PASS, first)


def test_one_that_fails_is_told_anew(replays: list[Chunk]) -> None:
    wrong = RIGHT.replace("x <= 0", "x <= 0.5")
    with grader() as by:
        first = graded(by, wrong)
        asked = len(replays)
        assert graded(by, wrong) == first
    assert first.verdict is Verdict.FAIL
    assert len(replays) > asked


def test_the_way_that_no_form_takes_is_judged(replays: list[Chunk]) -> None:
    """The two record the same programs on what they are shown, where no number is large."""
    right, wrong = GUARDED.format(large="positive"), GUARDED.format(large="2 * positive")
    with grader() as by:
        assert graded(by, right).verdict is Verdict.PASS
        assert graded(by, wrong).verdict is Verdict.FAIL


def test_exercises_with_the_same_cases_are_apart() -> None:
    """Two names for one list of cases, and another reference."""
    relu = QUICK.exercise("relu")
    names = {name: relu.properties[name] for name in ("shape",)}
    same = relu.model_copy(update={"properties": names})
    other = same.model_copy(update={"name": "other", "reference": QUICK.exercise("sigmoid").reference})
    with Grader(QUICK, exercises=[same, other], seed=0, sandbox=InProcessSandbox()) as by:
        submission = Specimen("right", "relu", "me", RIGHT, "full marks").submission(QUICK)
        sources = dict(submission.sources) | {"other": submission.sources["relu"]}
        results = by.grade(replace(submission, sources=sources)).exercises
    assert [result.verdict for result in results] == [Verdict.PASS, Verdict.FAIL]
