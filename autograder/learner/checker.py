"""Checks one exercise after another in a thread, by graders that stay warm."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING

from autograder.course import Course, Exercise
from autograder.learner.progress import own_folder
from autograder.result import Report
from autograder.sandbox.choice import best_sandbox
from autograder.submission import Submission, own_submission

if TYPE_CHECKING:
    from autograder.grade import Grader


@dataclass(frozen=True)
class Checked:
    """What came of a check, and what was checked."""

    exercise: Exercise
    submission: Submission
    report: Report


@dataclass(frozen=True)
class Failed:
    """A check that could not be made, which is not the learner's fault."""

    error: BaseException


class Checker:
    """One sandbox for all, and a grader an exercise, made when it is first needed.

    Args:
        course: what is asked.
        tell: is called, from the thread, with what came of each check.

    """

    def __init__(self, course: Course, tell: Callable[[Checked | Failed], None]) -> None:
        self._course = course
        self._tell = tell
        self._sandbox = best_sandbox(memory_mb=course.budget.memory_mb, seconds=course.budget.seconds)
        self._sandbox.warm()  # its process imports torch while we do
        self._graders: dict[str, Grader] = {}
        self._closing = False
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="checker")

    def prepare(self, exercise: Exercise) -> None:
        """Draw an exercise's cases, so that its first check is quick."""
        self._thread.submit(self._guarded, self._grader, exercise)

    def check(self, exercise: Exercise) -> None:
        """Check an exercise as its file is when its turn comes."""
        self._thread.submit(self._guarded, self._check, exercise)

    def close(self) -> None:
        """End whatever runs, and every process."""
        self._closing = True
        for grader in list(self._graders.values()):
            grader.close()
        self._thread.shutdown(wait=True, cancel_futures=True)
        self._sandbox.close()  # last: a grader that was being made has warmed it again

    def _guarded(self, work: Callable[[Exercise], object], exercise: Exercise) -> None:
        try:
            work(exercise)
        except BaseException as error:  # of a thread nobody would hear of it
            if not self._closing:
                self._tell(Failed(error))

    def _check(self, exercise: Exercise) -> None:
        grader = self._grader(exercise)
        if not self._closing:
            submission = own_submission(own_folder(self._course), self._course)
            self._tell(Checked(exercise, submission, grader.grade(submission)))

    def _grader(self, exercise: Exercise) -> Grader:
        if exercise.name not in self._graders:
            from autograder.grade import Grader  # imports torch, while the learner reads
            from autograder.grade.cache import PlanCache

            seed, cache = self._course.seed, PlanCache.of_user()
            grader = Grader(self._course, exercises=[exercise], seed=seed, sandbox=self._sandbox, cache=cache)
            self._graders[exercise.name] = grader
        return self._graders[exercise.name]
