"""Who records what another answer has recorded gets its result, and is not replayed; nobody else does."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import replace

import pytest
import torch

from autograder.grade import Grader
from autograder.grade.plan import Chunk, Replayed, encoded_chunk
from autograder.grade.repeats import Asked, Known, digest_of
from autograder.grade.replayer import Recording, Replayer
from autograder.grade.session import Session
from autograder.result import ExerciseResult, Verdict
from autograder.sandbox import Frame, WorkerLost
from autograder.worker.case import Case
from tests.bank import Specimen, course
from tests.inprocess import InProcessSandbox

COURSE = course()
QUICK = replace(COURSE, budget=COURSE.budget.model_copy(update={"search_calls": 0}))
RIGHT = """import torch


def relu(x):
    return torch.where(x <= 0, torch.zeros_like(x), x)
"""
COUNTING = """import torch

calls = []


def relu(x):
    calls.append(None)
    return torch.where(x <= (0.5 if len(calls) <= {after} else 0.0), torch.zeros_like(x), x)
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


def test_nor_is_one_that_fails_alike(replays: list[Chunk]) -> None:
    wrong = RIGHT.replace("x <= 0", "x <= 0.5")
    with grader() as by:
        first = graded(by, wrong)
        asked = len(replays)
        assert graded(by, f"{wrong}# mine") == first
    assert first.properties[0].counterexample is not None
    assert len(replays) == asked


def test_what_is_quoted_is_the_own_line(replays: list[Chunk]) -> None:
    raising = RIGHT.replace("    return", "    assert x.dim() == 9 and {0!r}\n    return")
    with grader() as by:
        messages = [graded(by, raising.format(word)).properties[0].message for word in ("one", "one", "two")]
    assert messages[0] is not None
    assert messages[1] == messages[0]
    assert messages[2] == messages[0].replace("one", "two")


def test_what_is_printed_is_ones_own() -> None:
    wrong = RIGHT.replace("x <= 0", "x <= 0.5")
    printing = wrong.replace("    return", "    print('here')\n    return")
    with grader() as by:
        results = [graded(by, text).properties[0].counterexample for text in (wrong, printing, wrong)]
    assert [result and result.printed for result in results] == [None, "here\n", None]


def test_a_counterexample_is_of_calls_of_ones_own(monkeypatch: pytest.MonkeyPatch) -> None:
    """The two record the same on every form; one does something else on the case that is asked about once more."""
    calls: list[int] = []
    record_all = Session.record_all

    def counted(self: Session, chunks: Sequence[Chunk]) -> list[Frame | WorkerLost]:
        answers = record_all(self, chunks)
        calls.append(len(sys.modules["submission"].calls))
        return answers

    monkeypatch.setattr(Session, "record_all", counted)
    with grader() as by:
        first = graded(by, COUNTING.format(after=10**9))
        changing = COUNTING.format(after=calls[-1])
        second = graded(by, changing)
    with grader() as alone:
        assert graded(alone, changing) == second
    assert first.properties[0].verdict is Verdict.FAIL
    assert second.properties[0].verdict is Verdict.FLAKY


def test_asking_again_has_the_time_that_an_exercise_has() -> None:
    """Else a file that is slow from the first question on that others were not asked would hold up a class."""
    relu, sandbox = QUICK.exercise("relu"), InProcessSandbox()
    budget = QUICK.budget.model_copy(update={"seconds": 0.01})
    slow = RIGHT.replace("    return", "    import time; time.sleep(0.01)\n    return")
    chunk = encoded_chunk([Case((torch.ones(2),))], 1 << 16)
    with grader() as by, Session(sandbox, Replayer(sandbox), relu, slow, budget) as session:
        result = graded(by, RIGHT)
        session.load()
        (answer,) = session.record_all([chunk])
        assert not isinstance(answer, WorkerLost)
        asked = Asked({"called": chunk.called}, chunk.forms, digest_of(answer))
        assert session.repeats(Known(result, (asked,)))
        assert not session.repeats(Known(result, (asked,) * 100))


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
