"""Have a class graded by whatever grades it: one grader here, a pool of processes, a cluster.

Nothing here imports torch: a process that only hands out submissions and writes reports is small.
"""

from __future__ import annotations

from collections.abc import Generator, Iterable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import islice
from queue import SimpleQueue
from typing import NamedTuple, Protocol

from autograder.course import Course, Exercise
from autograder.result import CourseInfo, Gradebook, Report, RunInfo
from autograder.submission import Submission


class Graded(NamedTuple):
    """A submission's report, and the seconds it took."""

    submission: Submission
    report: Report
    seconds: float


class Graders(Protocol):
    """Whatever grades submissions, several at once in as many threads."""

    @property
    def course(self) -> Course:
        """What is asked."""

    @property
    def exercises(self) -> tuple[Exercise, ...]:
        """Those that are graded."""

    def run_info(self) -> RunInfo:
        """What a rerun needs to give the same bytes."""

    def graded(self, submission: Submission) -> Graded:
        """Grade every exercise of a submission."""

    def close(self) -> None:
        """End everything at once; a grading under way, in another thread, is left without a report."""


def grade_class(graders: Graders, submissions: Iterable[Submission], *, jobs: int) -> Generator[Graded, None, None]:
    """Grade a class and keep nothing of it; whoever leaves early has to close this, which ends what is running.

    Args:
        graders: closed by an early end.
        submissions: one a learner; none is taken long before its turn.
        jobs: how many at once; changes nothing but the time and the order in which they are done. For a `Grader` 1:
            torch's settings are its process's, and two threads that observe references change them for each other.

    """
    queue = iter(submissions)
    done: SimpleQueue[Future[Graded]] = SimpleQueue()
    with ThreadPoolExecutor(max_workers=jobs) as pool:
        try:
            running = 0
            while True:
                # Twice as many as are graded at once: nobody idles while the caller writes a report.
                for submission in islice(queue, 2 * jobs - running):
                    pool.submit(graders.graded, submission).add_done_callback(done.put)
                    running += 1
                if not running:
                    return
                yield done.get().result()
                running -= 1
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            graders.close()
            raise


def gradebook(graders: Graders, reports: Iterable[Report], seconds: Mapping[str, float] | None = None) -> Gradebook:
    """Reports of a run as one value, sorted by learner; ``seconds`` that each took are kept apart."""
    return Gradebook(
        course=CourseInfo(name=graders.course.name, sha256=graders.course.sha256),
        run=graders.run_info(),
        submissions=tuple(sorted(reports, key=lambda report: report.learner)),
        timings=dict(seconds or {}),
    )
