"""Begin an exercise anew: a backup first, then the stub in the place of one file."""

from __future__ import annotations

import contextlib
import itertools
from pathlib import Path

from autograder.course import Course, Exercise
from autograder.dev import stub_source
from autograder.disk import write_atomically
from autograder.errors import CourseError, OutputError, UsageError
from autograder.language import _
from autograder.learner.progress import own_folder, update
from autograder.stubs import HOME, given_stub, stub_path


def own_file(course: Course, exercise: Exercise) -> Path:
    """The file that a learner writes an exercise in."""
    return own_folder(course) / exercise.path


def stub_of(course: Course, exercise: Exercise) -> str | None:
    """The stub of an exercise: as it was given out, else made of the solution, where that is here."""
    given = given_stub(course, exercise)
    if given is not None:
        return given
    try:
        return stub_source((course.path.parent / "solutions" / exercise.path).read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, CourseError):
        return None


def required_stub(course: Course, exercise: Exercise) -> str:
    """The stub of an exercise; UsageError where this copy of the course has none."""
    stub = stub_of(course, exercise)
    if stub is None:
        place = stub_path(course.path.parent, exercise).relative_to(course.path.parent)
        fact = _("exercise={name} has no stub in {place}").format(name=exercise.name, place=place)
        raise UsageError(_("{fact}; get that file from where you have the course").format(fact=fact))
    return stub


def is_as_given(course: Course, exercise: Exercise) -> bool:
    """Whether there is nothing of the learner's in the file: it is the stub."""
    stub = stub_of(course, exercise)
    try:
        content = own_file(course, exercise).read_bytes()
    except OSError:
        return False
    if stub is None:
        return False
    return content.replace(b"\r\n", b"\n") == stub.encode()  # git on Windows may have changed the line ends


def reset(course: Course, exercise: Exercise) -> Path | None:
    """Put the stub in the place of the learner's file; returns where that is kept, None where there was none."""
    stub = required_stub(course, exercise)
    path = own_file(course, exercise)
    content = _content(path)
    backup = None if content is None else _keep(course, exercise, content)
    path.parent.mkdir(parents=True, exist_ok=True)
    write_atomically(path, [stub])
    update(course, lambda progress: progress.with_entry(exercise.name, verdict=None, score=0.0, sha256=None))
    return backup


def _content(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        remedy = _("put that right, or move it away")
        raise UsageError(f"{path}: {error.strerror}; {remedy}") from None


def _keep(course: Course, exercise: Exercise, content: bytes) -> Path:
    """Write a backup under a number that no earlier one has."""
    folder = course.path.parent / HOME / "backups" / exercise.unit
    stem = exercise.file.removesuffix(".py")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        numbers = itertools.count(1)
        while True:
            with contextlib.suppress(FileExistsError), (folder / f"{stem}.{next(numbers)}.py").open("xb") as file:
                file.write(content)
                return folder / file.name
    except OSError as error:
        fact = _("no backup can be written to {folder}: {why}").format(folder=folder, why=error.strerror)
        raise OutputError(_("{fact}; your file is as it was").format(fact=fact)) from None
