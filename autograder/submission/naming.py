"""Which exercise a file is meant for, by its name and place: the course's paths, and what platforms make of them."""

import difflib
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from enum import IntEnum

from autograder.course import FILE_NAME, Course, Exercise
from autograder.submission.files import Entry

NOTEBOOK, SCRIPT, ARCHIVE = ".ipynb", ".py", ".zip"
OTHER_ARCHIVES = (".7z", ".rar", ".tar", ".tar.bz2", ".tar.gz", ".tar.xz", ".tgz")
HOME = "exercises"
"""The folder of a learner's copy of the course in which the answers are written."""

_NEVER = frozenset({"solutions", "tests"})
_ALIKE = 0.85  # of a misspelt file's letters
_SHORT = len("relu.py")  # so short a name is one letter from others that mean something else: prelu, atanh
_BEFORE = (
    r".+_(late_)?\d+_\d+_",  # Canvas: annlee_LATE_1234_56789_sigmoid.py
    r".+_attempt_[\d-]+_",  # Blackboard
    r".+_\d+_assignsubmission_file_",  # Moodle, where everything is put into one folder
    r"\d+-\d+ - .+ - .+ - ",  # Brightspace
    r"copy[ ]of ",  # Google Drive
)
_BEHIND = r"(-\d+| ?\(\d+\)| - copy| copy( \d+)?)*\.py(\.txt)?"  # Canvas, browsers, Windows, macOS, mail programs


class Place(IntEnum):
    """How surely a path names an exercise; the lower, the surer."""

    COURSE = 0  # <unit>/<file>
    COURSE_NOTEBOOK = 1  # <unit>/<exercise>.ipynb, as nbgrader collects
    FILE = 2  # <file> in some other folder
    FILE_NOTEBOOK = 3
    RENAMED = 4  # sigmoid (1).py, Sigmoid.py, or in another unit's folder


class Names:
    """The names of a course's files."""

    def __init__(self, exercises: Sequence[Exercise]) -> None:
        self._exercises = exercises
        self._units = {exercise.unit.casefold() for exercise in exercises}
        self._count = Counter(exercise.file for exercise in exercises)

    def meant(self, parts: tuple[str, ...]) -> Iterator[tuple[Exercise, Place]]:
        """The exercises that a path names."""
        for exercise in self._exercises:
            place = self._place(exercise, parts)
            if place is not None:
                yield exercise, place

    def like(self, parts: tuple[str, ...]) -> Iterator[tuple[Exercise, bool]]:
        """The exercises whose file has a name like a path's, and whether that is more than a misspelling."""
        for exercise in self._exercises:
            resembles = _resembles(parts[-1], exercise.file) or _renamed(parts[-1], exercise.file)
            if resembles or _misspells(parts[-1], exercise.file):
                yield exercise, resembles

    def target(self, exercise: Exercise, parts: tuple[str, ...]) -> str:
        """What a file has to be called to be an exercise's: its name alone where its folder is right."""
        home = parts[-2:-1] in {(), (exercise.unit,)} and self._count[exercise.file] == 1
        return exercise.file if home and parts[-1] != exercise.file else exercise.path

    def _place(self, exercise: Exercise, parts: tuple[str, ...]) -> Place | None:
        name, folder = parts[-1], "".join(parts[-2:-1])
        notebook = name == exercise.file.removesuffix(SCRIPT) + NOTEBOOK
        if folder == exercise.unit and (name == exercise.file or notebook):
            return Place.COURSE_NOTEBOOK if notebook else Place.COURSE
        alone = self._count[exercise.file] == 1
        if alone and folder.casefold() not in self._units and (name == exercise.file or notebook):
            return Place.FILE_NOTEBOOK if notebook else Place.FILE
        home = folder.casefold() == exercise.unit.casefold()
        return Place.RENAMED if (alone or home) and _renamed(name, exercise.file) else None


def level(parts: tuple[str, ...], place: Place) -> int:
    """How many folders stand around a path of the course's; ``exercises`` is part of one."""
    if place in {Place.FILE, Place.FILE_NOTEBOOK}:
        return len(parts) - 1
    return len(parts) - 2 - (parts[-3:-2] == (HOME,))


def without_the_kits(entries: Sequence[Entry], course: Course) -> list[Entry]:
    """The entries but for what a copy of the course holds beside the learner's answers: solutions, tests, the kit.

    Of a folder with ``exercises`` and the course file in it, other folders than the units' are the kit's. With only one
    of the two it may be a part of a copy, of which the solutions and tests at least are not the learner's.
    """
    paths = {tuple(exercise.path.split("/")) for exercise in course.exercises}
    courses = {entry.parts[:-1] for entry in entries if entry.parts[-1] == FILE_NAME}
    homes = {e.parts[:-3] for e in entries if e.parts[-2:] in paths and e.parts[-3:-2] == (HOME,)}
    kept = {HOME, *(exercise.unit for exercise in course.exercises)}

    def the_kits(entry: Entry) -> bool:
        for depth, folder in enumerate(entry.parts[:-1]):
            above = entry.parts[:depth]
            if above in courses and above in homes and folder not in kept:
                return True
            if (above in courses or above in homes) and folder in _NEVER:
                return True
        return False

    return [entry for entry in entries if not the_kits(entry)] if courses or homes else list(entries)


def _renamed(name: str, file: str) -> bool:
    """Whether a name is a file's, or what a platform, a browser or an editor makes of it without being asked."""
    stem = re.escape(file.removesuffix(SCRIPT))
    return bool(re.fullmatch(f"({'|'.join(_BEFORE)})?{stem}{_BEHIND}", name, re.IGNORECASE | re.DOTALL))


def _resembles(name: str, file: str) -> bool:
    """Whether a name is a file's with words before or numbers behind it: ``my_sigmoid.py``, ``sigmoid_2.txt``."""
    stem = re.escape(file.removesuffix(SCRIPT))
    pattern = rf"(.*[ _-])?{stem}(copy|[\d ()_-])*\.(py|txt|py\.txt)"
    return bool(re.fullmatch(pattern, name, re.IGNORECASE | re.DOTALL))


def _misspells(name: str, file: str) -> bool:
    """Whether a name is a file's but for a letter or two: ``sigmod.py``, ``mse-loss.py``, ``crossentropy.py``."""
    one, other = (re.sub(r"[ _-]", "", word).casefold() for word in (name, file))
    return one.endswith(SCRIPT) and len(other) > _SHORT and difflib.SequenceMatcher(None, one, other).ratio() >= _ALIKE
