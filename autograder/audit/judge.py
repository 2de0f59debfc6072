"""Who says what a mutant loses: this build's grader, in this process, or the results of another build."""

from __future__ import annotations

import contextlib
import json
import signal
import sys
import types
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Protocol

import torch

from autograder.audit.inprocess import InProcessSandbox
from autograder.audit.mutant import name_of
from autograder.course import Course, Exercise
from autograder.errors import UsageError
from autograder.grade import Grader
from autograder.result import ExerciseResult, Verdict
from autograder.submission import Source, Submission

_SECONDS = 60  # of the clock, to grade one answer
_COSTS_NOTHING = frozenset({Verdict.PASS, Verdict.UNDECIDED, Verdict.SKIPPED})
TOO_SLOW = "time limit"
"""What an answer loses, in the place of a property, where it takes too long."""


@dataclass(frozen=True)
class Graded:
    """A verdict, the points, and the names of the properties that were lost."""

    verdict: Verdict
    score: float
    lost: tuple[str, ...]


class Options(Protocol):
    """What a judge has to know of an audit's options."""

    @property
    def seed(self) -> int:
        """Draws the cases."""

    @property
    def results(self) -> Path | None:
        """What another build said."""


class Judge(Protocol):
    """Says what answers to one exercise lose."""

    def graded(self, text: str) -> Graded:
        """What a file loses."""


@contextlib.contextmanager
def open_judge(course: Course, exercise: Exercise, options: Options) -> Iterator[Judge]:
    """The judge of one exercise that these options ask for."""
    if options.results is not None:
        yield _Results(exercise, options.results)
        return
    # Nothing is shrunk: a verdict is what is asked for, not a counterexample.
    quick = replace(course, budget=course.budget.model_copy(update={"search_calls": 0}))
    with Grader(quick, exercises=[exercise], seed=options.seed, sandbox=InProcessSandbox()) as grader:
        yield _Grading(exercise, grader)


class _Grading:
    def __init__(self, exercise: Exercise, grader: Grader) -> None:
        self._exercise = exercise
        self._grader = grader

    def graded(self, text: str) -> Graded:
        source = Source(text, self._exercise.path)
        submission = Submission("mutant", {self._exercise.name: source}, {}, (), "0" * 64)
        try:
            with _time_limit(_SECONDS):
                result = self._grader.grade(submission).exercises[0]
        except TooSlowError:
            return Graded(Verdict.TIMEOUT, 0.0, (TOO_SLOW,))
        finally:
            torch.set_default_dtype(torch.float32)  # what a mutant may have left
        return _graded(result)


class _Results:
    """The results.json of whatever build: the few facts that are asked for have been in every version of it."""

    def __init__(self, exercise: Exercise, path: Path) -> None:
        self._exercise = exercise
        self._path = path
        reports = json.loads(path.read_text(encoding="utf-8"))["submissions"]
        self._of: Mapping[str, Any] = {report["learner"]: report for report in reports}

    def graded(self, text: str) -> Graded:
        name = name_of(self._exercise.name, text)
        if name not in self._of:
            remedy = "grade what `--write-mutants` writes with these options"
            raise UsageError(f"{self._path} has no learner={name}; {remedy}")
        results = {result["name"]: result for result in self._of[name]["exercises"]}
        if self._exercise.name not in results:
            raise UsageError(f"{self._path}: exercise={self._exercise.name} was not graded; grade that too")
        return _graded(ExerciseResult.model_validate(_known(results[self._exercise.name])))


def _known(result: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in result.items() if name in ExerciseResult.model_fields}


def _graded(result: ExerciseResult) -> Graded:
    lost = tuple(item.name for item in result.properties if item.verdict not in _COSTS_NOTHING)
    return Graded(result.verdict, result.score, lost)


class TooSlowError(BaseException):
    """An answer took too long. No Exception: what an answer raises is caught and judged, and this is to get out."""


@contextlib.contextmanager
def _time_limit(seconds: int) -> Iterator[None]:
    """Give up after so many seconds of the clock, where the system has timers."""
    if sys.platform == "win32":
        yield
        return

    def give_up(_number: int, _frame: types.FrameType | None) -> None:
        raise TooSlowError

    before = signal.signal(signal.SIGALRM, give_up)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
