"""Graders on this machine: a pool of processes."""

from __future__ import annotations

from collections.abc import Sequence
from types import TracebackType
from typing import Self

from autograder.course import Course, Exercise
from autograder.grade.drive import Graded
from autograder.pool.crew import Crew
from autograder.pool.messages import Order, Task
from autograder.result import RunInfo
from autograder.submission import Submission


class Pool:
    """See `autograder.grade.Graders`; a context manager that ends its processes.

    Args:
        course: read from a file that is still there.
        exercises: which of its exercises to grade, in its order.
        seed: draws the cases.
        jobs: how many processes, and submissions at once.

    """

    def __init__(self, course: Course, *, exercises: Sequence[Exercise], seed: int, jobs: int) -> None:
        self.course = course
        self.exercises = tuple(exercises)
        self.jobs = jobs
        self._crew = Crew(Order.of(course, tuple(exercise.name for exercise in exercises), seed), jobs)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def run_info(self) -> RunInfo:
        """See `autograder.grade.Graders.run_info`."""
        return self._crew.run_info()

    def graded(self, submission: Submission) -> Graded:
        """See `autograder.grade.Graders.graded`."""
        done = self._crew.do(Task(submission=submission))
        return Graded(submission, done.report, done.seconds)

    def close(self) -> None:
        """See `autograder.grade.Graders.close`."""
        self._crew.close()
