"""Write a site: a page as each report goes by, the page of the class at the end."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Collection, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from autograder.course import Course
from autograder.disk import RESULTS
from autograder.errors import UsageError
from autograder.journal import file_name
from autograder.language import _
from autograder.pictures.curve import Blank, Picture
from autograder.result import Report, Verdict
from autograder.site.pages import OURS, class_page, learner_page
from autograder.site.results import read
from autograder.site.summary import Counting
from autograder.submission import Submission

if TYPE_CHECKING:
    from autograder.pictures.observe import Pictures  # imports torch

INDEX = "index.html"
LEARNERS = "learners"
PAGE = ".html"
_PIECE = 1 << 20
_ILLUSTRATED = frozenset({Verdict.FAIL, Verdict.FLAKY})


class Illustrator:
    """Pictures for the exercises that failed, of submissions that are still what was graded.

    Args:
        course: the exercises.
        submissions: by learner.
        pictures: draws them.

    """

    def __init__(self, course: Course, submissions: Mapping[str, Submission], pictures: Pictures) -> None:
        self._course = course
        self._submissions = submissions
        self._pictures = pictures

    def of(self, report: Report) -> Mapping[str, Picture | Blank]:
        """The pictures of a report, by exercise."""
        failed = {exercise.name for exercise in report.exercises if exercise.verdict in _ILLUSTRATED}
        exercises = [exercise for exercise in self._course.exercises if exercise.name in failed]
        submission = self._submissions.get(report.learner)
        if submission is None or submission.sha256 != report.sha256:
            why = _("the submission that was graded is not there any more")
            return {exercise.name: Blank(exercise.name, Verdict.MISSING, why) for exercise in exercises}
        return {exercise.name: self._pictures.of(exercise, submission) for exercise in exercises}


class Site:
    """The site of a graded class.

    Args:
        folder: what `grade --out` wrote.
        out: gets the site.
        illustrator: draws the pictures; None leaves them out.

    """

    def __init__(self, folder: Path, out: Path, illustrator: Illustrator | None = None) -> None:
        self._results = folder / RESULTS
        self._out = out
        self._illustrator = illustrator

    def build(self, on_page: Callable[[str], None] = lambda _learner: None) -> int:
        """Write all pages and say how many learners there are; ``on_page`` hears of each learner's."""
        book, reports = read(_pieces(self._results))
        counting = Counting()
        folder = self._out / LEARNERS
        written: set[str] = set()
        with self._writable():
            folder.mkdir(parents=True, exist_ok=True)
        for report in reports:
            name = file_name(report.learner).removesuffix(".json") + PAGE
            pictures = self._illustrator.of(report) if self._illustrator else {}
            self._write(folder / name, learner_page(book, report, pictures))
            counting.add(report, f"{LEARNERS}/{name}")
            written.add(name)
            on_page(report.learner)
        self._write(self._out / INDEX, class_page(book, counting.summary()))
        with self._writable():
            _remove_others(folder, written)
        return len(written)

    def _write(self, path: Path, text: str) -> None:
        with self._writable():
            path.write_text(text, encoding="utf-8", newline="\n")

    @contextlib.contextmanager
    def _writable(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            fact = _("--out={path} cannot be written: {error}; choose another folder")
            raise UsageError(fact.format(path=self._out, error=error.strerror)) from None


def _pieces(path: Path) -> Iterator[str]:
    try:
        with path.open(encoding="utf-8") as file:
            while piece := file.read(_PIECE):
                yield piece
    except OSError as error:
        fact = _("{path} cannot be read: {error}; name the folder that `autograder grade --out` wrote")
        raise UsageError(fact.format(path=path, error=error.strerror)) from None
    except UnicodeDecodeError:
        fact = _("{path} is damaged: it is not UTF-8 text; grade again to write a new one")
        raise UsageError(fact.format(path=path)) from None


def _remove_others(folder: Path, written: Collection[str]) -> None:
    """Remove the pages of whoever else an earlier site had, and no file of anybody's."""
    for path in folder.glob(f"*{PAGE}"):
        if path.name not in written and path.is_file() and path.read_bytes().startswith(OURS.encode()):
            path.unlink()
