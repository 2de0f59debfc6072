"""Grade a class into a folder so that nothing done is lost: each report as it is done, the gradebook at the end."""

from __future__ import annotations

import contextlib
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

from autograder.disk import GRADEBOOK, REPORTS, RESULTS, write_atomically
from autograder.errors import Interrupted, OutputError, RunStopped, SandboxError
from autograder.grade import Graders, grade_class, gradebook
from autograder.journal import Fingerprint, Journal, Unusable
from autograder.kit import kit_code
from autograder.language import _, few
from autograder.reporters import csv, json
from autograder.reporters.feedback import Feedback, redact
from autograder.result import CourseInfo, ExerciseResult, Gradebook, NotGraded, Report
from autograder.submission import Submission


class ClassRun:
    """A class on its way into a folder that `journal.require_room` has looked at.

    Args:
        graders: what to grade by.
        submissions: by learner, sorted; each is asked for when it is its turn, and with ``resume`` once more before.
        out: gets RESULTS, GRADEBOOK and a file a learner in REPORTS.
        feedback: what the files tell.
        resume: whether reports that earlier runs left in ``out`` are used again where they fit.
        not_graded: what else the class folder holds.

    """

    def __init__(
        self,
        graders: Graders,
        submissions: Mapping[str, Submission],
        out: Path,
        *,
        feedback: Feedback,
        resume: bool,
        not_graded: Sequence[NotGraded] = (),
    ) -> None:
        self._graders = graders
        self._out = out
        self._feedback = feedback
        self._not_graded = tuple(not_graded)
        self._journal = Journal(out / REPORTS, _fingerprint(graders, feedback))
        self._submissions = submissions
        self._waiting = list(submissions)
        self._short: dict[str, Report] = {}  # without properties: a class of thousands would not fit
        self._alike: dict[ExerciseResult, ExerciseResult] = {}  # and without them, few are not like another's
        self._seconds: dict[str, float] = {}
        self.remarks = [
            _("{path} is no report of this kit; it was moved to {name}, and the learner is graded").format(
                path=path, name=aside.name
            )
            for path, aside in self._journal.set_aside(submissions)
        ]
        self.remarks += self._take_up() if resume else self._warn(self._journal.earlier(submissions))
        self.remarks += self._leaving()

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
        waiting = (self._submissions[learner] for learner in self._waiting)
        with self._kept(), contextlib.closing(grade_class(self._graders, waiting, jobs=jobs)) as graded:
            for submission, full, seconds in graded:
                report = redact(full, self._feedback)
                self._journal.write(submission, report, seconds)
                self._add(report, seconds)
                on_report(report)

    def finish(self) -> Gradebook:
        """Write the gradebook; returns it without the properties. Raises like `grade`."""
        book = gradebook(self._graders, self._short.values(), dict(sorted(self._seconds.items())))
        book = book.model_copy(update={"not_graded": self._not_graded})
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
            raise Interrupted(
                _("{done} of {total} learners are done and kept").format(done=self.done, total=total)
            ) from None
        except (OutputError, SandboxError) as error:
            fact = _("{error}; {done} of {total} learners are done and kept")
            raise RunStopped(fact.format(error=error, done=self.done, total=total)) from None

    def _add(self, report: Report, seconds: float) -> None:
        short = redact(report, Feedback.SCORE)
        exercises = tuple(self._alike.setdefault(result, result) for result in short.exercises)
        self._short[report.learner] = short.model_copy(update={"exercises": exercises})
        self._seconds[report.learner] = seconds

    def _take_up(self) -> Iterator[str]:
        """Use again what fits."""
        unusable: dict[str, list[str]] = defaultdict(list)
        waiting = []
        for learner in self._submissions:
            try:
                entry = self._journal.find(self._submissions[learner]) if self._journal.holds(learner) else None
            except Unusable as reason:
                unusable[str(reason)].append(learner)
                entry = None
            if entry is None:
                waiting.append(learner)
            else:
                self._add(entry.report, entry.seconds)
        self._waiting = waiting
        fact = _("resuming: {done} of {total} learners are done, the rest is graded")
        yield fact.format(done=self.done, total=len(self._submissions))
        for why, learners in unusable.items():
            yield _("graded again: {learners}: {why}").format(learners=few(learners), why=why)

    def _leaving(self) -> Iterator[str]:
        if others := self._journal.others(self._submissions):
            fact = _("{path} holds reports of {learners}, not of this class; they are removed at the end")
            yield fact.format(path=self._out / REPORTS, learners=few(others))

    def _warn(self, earlier: int) -> Iterator[str]:
        if earlier:
            fact = _("{path} holds {n} earlier reports; all is graded anew, while --resume keeps what fits")
            yield fact.format(path=self._out / REPORTS, n=earlier)


def _fingerprint(graders: Graders, feedback: Feedback) -> Fingerprint:
    return Fingerprint(
        course=CourseInfo(name=graders.course.name, sha256=graders.course.sha256),
        exercises=tuple(exercise.name for exercise in graders.exercises),
        feedback=feedback,
        run=graders.run_info(),
        code=kit_code(),
    )
