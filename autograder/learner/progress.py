"""Where a learner stands: one small file beside the course, and what it means for the files of today."""

from __future__ import annotations

import contextlib
import hashlib
import os
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from autograder.course import Course, Exercise
from autograder.disk import move_aside, write_atomically
from autograder.errors import OutputError
from autograder.language import _
from autograder.reporters.screen import first_failing
from autograder.result import ExerciseResult, Verdict
from autograder.stubs import HOME
from autograder.submission import Submission, own_submission

if sys.platform != "win32":
    import fcntl

FILE = "progress.json"


class _Model(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Entry(_Model):
    """What is known of one exercise: its last check, of which state of the file, and how many hints were seen.

    ``failing`` is the property that the last check has shown in full.
    """

    verdict: Verdict | None = None
    score: float = Field(default=0, ge=0)
    sha256: str | None = None
    failing: str | None = None
    hints: int = Field(default=0, ge=0)


class Progress(_Model):
    """The whole file; exercises that the course no longer has stay in it."""

    format_version: Literal[1] = 1
    exercises: Mapping[str, Entry] = {}

    def of(self, name: str) -> Entry:
        """What is known of an exercise."""
        return self.exercises.get(name, Entry())

    def with_entry(self, name: str, **changed: object) -> Progress:
        """The progress with something changed about one exercise."""
        entry = self.of(name).model_copy(update=changed)
        return self.model_copy(update={"exercises": {**self.exercises, name: entry}})


@dataclass(frozen=True)
class Standing:
    """One exercise of the course as it stands now; ``sha256`` is of its file of today, None where there is none."""

    number: int
    exercise: Exercise
    entry: Entry
    sha256: str | None

    @property
    def changed(self) -> bool:
        """Whether the file is no longer what was checked last."""
        return self.entry.verdict is not None and self.sha256 != self.entry.sha256

    @property
    def done(self) -> bool:
        """Whether the file, as it is now, has passed."""
        return self.entry.verdict is Verdict.PASS and not self.changed


def own_folder(course: Course) -> Path:
    """Where the learner writes."""
    return course.path.parent / "exercises"


def fingerprint(submission: Submission, name: str) -> str | None:
    """What tells one state of an answer from another; None where there is no answer."""
    if name in submission.sources:
        text = submission.sources[name].text
    elif name in submission.problems:  # it cannot be read, and may be unreadable in another way after the next save
        text = f"\0{submission.problems[name]}"
    else:
        return None
    return hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()


def standings(course: Course, submission: Submission | None = None) -> list[Standing]:
    """Every exercise as it stands, in the course's order; UsageError where the learner's folder is gone."""
    today = submission or own_submission(own_folder(course), course)
    progress = read(course)
    return [
        Standing(number, exercise, progress.of(exercise.name), fingerprint(today, exercise.name))
        for number, exercise in enumerate(course.exercises, 1)
    ]


def next_standing(found: Iterable[Standing], after: int = 0) -> Standing | None:
    """The first exercise that is not done behind the one of that number, else from the beginning; None if all are."""
    left = [standing for standing in found if not standing.done]
    return next((standing for standing in left if standing.number > after), left[0] if left else None)


def record(course: Course, submission: Submission, results: Iterable[ExerciseResult]) -> None:
    """Keep what a check of the learner's own folder has found; a fault of the grader's is nothing about the learner."""

    def checked(progress: Progress) -> Progress:
        for result in results:
            if result.verdict is not Verdict.ERROR:
                shown = first_failing(result)
                progress = progress.with_entry(
                    result.name,
                    verdict=result.verdict,
                    score=result.score,
                    sha256=fingerprint(submission, result.name),
                    failing=shown and shown.name,
                )
        return progress

    update(course, checked)


def read(course: Course) -> Progress:
    """What the file says; a damaged one is set aside, said, and begun anew."""
    path = _path(course)
    try:
        return _parse(path)
    except ValueError:
        with _alone(path.parent):
            return _mended(path)


def update(course: Course, change: Callable[[Progress], Progress]) -> Progress:
    """Change the file, one process at a time; where it cannot be written this is said, and nothing else stops."""
    path = _path(course)
    try:
        path.parent.mkdir(exist_ok=True)
        with _alone(path.parent):
            progress = change(_mended(path))
            write_atomically(path, [progress.model_dump_json(indent=2), "\n"])
            return progress
    except (OSError, OutputError) as error:
        _say(_("your progress is not kept: {error}").format(error=error))
        return change(read(course))


def _path(course: Course) -> Path:
    return course.path.parent / HOME / FILE


def _parse(path: Path) -> Progress:
    """ValueError where it is no progress file."""
    try:
        text = path.read_text(encoding="utf-8")
    except OSError:  # not there yet, or not to be read: `update` says so, for what cannot be read cannot be kept
        return Progress()
    return Progress.model_validate_json(text)


def _mended(path: Path) -> Progress:
    try:
        return _parse(path)
    except ValueError as error:
        why = error.errors()[0]["msg"] if isinstance(error, ValidationError) else str(error)
        try:
            aside = move_aside(path).name
        except OutputError as fault:
            _say(str(fault))
            return Progress()
        _say(
            _("{path} is damaged ({why}); it is kept as {aside}, and your progress begins anew").format(
                path=path, why=why, aside=aside
            )
        )
        return Progress()


@contextlib.contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Keep other processes waiting: a `check` beside a `watch` must not lose what the other has just written."""
    if sys.platform == "win32":
        yield
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        with contextlib.suppress(OSError):  # a network file system without locks
            fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _say(remark: str) -> None:
    print(remark, file=sys.stderr, flush=True)
