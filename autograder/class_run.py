"""Grade a class into a folder so that nothing done is lost: each report as it is done, the gradebook at the end."""

from __future__ import annotations

import contextlib
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from autograder.disk import GRADEBOOK, REPORTS, RESULTS, write_atomically
from autograder.errors import Interrupted, OutputError, RunStopped
from autograder.grade import Grader, grade_class, gradebook
from autograder.journal import Fingerprint, Journal, Unusable, kit_code
from autograder.reporters import csv, json
from autograder.reporters.feedback import Feedback, redact
from autograder.result import CourseInfo, Gradebook, Report
from autograder.submission import Submission

_NAMED = 3


class ClassRun:
    """A class on its way into a folder that `journal.require_room` has looked at.

    Args:
        grader: what to grade by.
        submissions: one a learner.
        out: gets RESULTS, GRADEBOOK and a file a learner in REPORTS.
        feedback: what the files tell.
        resume: whether reports that earlier runs left in ``out`` are used again where they fit.

    """

    def __init__(
        self, grader: Grader, submissions: Sequence[Submission], out: Path, *, feedback: Feedback, resume: bool
    ) -> None:
        self._grader = grader
        self._out = out
        self._feedback = feedback
        self._journal = Journal(out / REPORTS, _fingerprint(grader, feedback))
        self._submissions = submissions
        self._waiting = list(submissions)
        self._short: dict[str, Report] = {}  # without properties: a class of thousands would not fit
        self._seconds: dict[str, float] = {}
        learners = [submission.learner for submission in submissions]
        self.remarks = [
            f"{path} is no report of this kit; it was moved to {aside.name}, and the learner is graded"
            for path, aside in self._journal.set_aside(learners)
        ]
        self.remarks += self._take_up() if resume else self._warn(self._journal.earlier(learners))

    @property
    def done(self) -> int:
        """How many learners' reports are written."""
        return len(self._short)

    def grade(self, *, jobs: int, on_report: Callable[[Report], None]) -> None:
        """Grade who is left, and write each report as it is done.

        Raises:
            RunStopped: a report could not be written.
            Interrupted: by KeyboardInterrupt.

        """
        with self._kept(), contextlib.closing(grade_class(self._grader, self._waiting, jobs=jobs)) as graded:
            for submission, full, seconds in graded:
                report = redact(full, self._feedback)
                self._journal.write(submission, report, seconds)
                self._add(report, seconds)
                on_report(report)

    def finish(self) -> Gradebook:
        """Write the gradebook; returns it without the properties. Raises like `grade`."""
        book = gradebook(self._grader, self._short.values(), dict(sorted(self._seconds.items())))
        learners = [report.learner for report in book.submissions]
        with self._kept():
            write_atomically(self._out / RESULTS, json.stream(book, self._journal.reports(learners)))
            write_atomically(self._out / GRADEBOOK, [csv.render(book)])
            self._journal.remove_others(learners)
        return book

    @contextlib.contextmanager
    def _kept(self) -> Iterator[None]:
        """Say with whatever ends the run that what is done is kept."""
        total = len(self._submissions)
        try:
            yield
        except KeyboardInterrupt:
            raise Interrupted(f"{self.done} of {total} learners are done and kept") from None
        except OutputError as error:
            raise RunStopped(f"{error}; {self.done} of {total} learners are done and kept") from None

    def _add(self, report: Report, seconds: float) -> None:
        self._short[report.learner] = redact(report, Feedback.SCORE)
        self._seconds[report.learner] = seconds

    def _take_up(self) -> Iterator[str]:
        """Use again what fits."""
        unusable: dict[str, list[str]] = defaultdict(list)
        waiting = []
        for submission in self._submissions:
            try:
                entry = self._journal.find(submission)
            except Unusable as reason:
                unusable[str(reason)].append(submission.learner)
                entry = None
            if entry is None:
                waiting.append(submission)
            else:
                self._add(entry.report, entry.seconds)
        self._waiting = waiting
        yield f"resuming: {self.done} of {len(self._submissions)} learners are done, the rest is graded"
        for why, learners in unusable.items():
            yield f"graded again: {_few(learners)}: {why}"

    def _warn(self, earlier: int) -> Iterator[str]:
        if earlier:
            place = self._out / REPORTS
            yield f"{place} holds {earlier} earlier reports; all is graded anew, while --resume keeps what fits"


def _fingerprint(grader: Grader, feedback: Feedback) -> Fingerprint:
    return Fingerprint(
        course=CourseInfo(name=grader.course.name, sha256=grader.course.sha256),
        exercises=tuple(exercise.name for exercise in grader.exercises),
        feedback=feedback,
        run=grader.run_info(),
        code=kit_code(),
    )


def _few(learners: Sequence[str]) -> str:
    more = len(learners) - _NAMED
    return ", ".join(learners[:_NAMED]) + (f" and {more} more" if more > 0 else "")
