"""Grade an exercise in a thread, so that whoever waits for it can stop waiting."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

from autograder.course import Course, Exercise
from autograder.errors import Interrupted
from autograder.frontends.grading import warm_grader
from autograder.result import ExerciseResult
from autograder.submission import own_submission

if TYPE_CHECKING:
    from autograder.grade import Grader


class Grading:
    """One exercise of a folder, being graded from now on.

    Args:
        course: what is asked.
        exercise: which of it.
        folder: the learner's answers.
        seed: draws the cases; the course's when None.

    """

    def __init__(self, course: Course, exercise: Exercise, folder: Path, seed: int | None) -> None:
        self._course, self._exercise, self._folder, self._seed = course, exercise, folder, seed
        self._grader: Grader | None = None
        self._closing = False
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="grading")
        self._graded = self._thread.submit(self._grade)

    @property
    def done(self) -> bool:
        """Whether it has come to an end."""
        return self._graded.done()

    def result(self, seconds: float | None) -> ExerciseResult:
        """What came out; TimeoutError where that takes longer, and it goes on all the same."""
        return self._graded.result(seconds)

    def close(self) -> None:
        """End it, and its processes."""
        self._closing = True
        if self._grader is not None:
            self._grader.close()
        self._thread.shutdown(wait=True)

    def _grade(self) -> ExerciseResult:
        submission = own_submission(self._folder, self._course)
        with warm_grader(self._course, exercises=[self._exercise], seed=self._seed) as self._grader:
            if self._closing:
                raise Interrupted("closed")
            return self._grader.grade(submission).exercises[0]
