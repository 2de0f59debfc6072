"""Learners in a class folder: one folder, zip or notebook each."""

import os
import stat
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from autograder.course import Course, Exercise
from autograder.errors import UsageError
from autograder.language import N_, _
from autograder.submission.files import Entry, Listing, ignored, list_file, list_folder, too_big
from autograder.submission.gather import ARCHIVE, NOTEBOOK, OTHER_ARCHIVES, Gatherer, Submission
from autograder.submission.source import printable


class ClassFolder(Mapping[str, Submission]):
    """The submissions of a class by learner, sorted; each is read when it is asked for, and at every time anew.

    A class of any size fits into memory so.
    """

    def __init__(self, folder: Path, names: Mapping[str, Sequence[str]], course: Course) -> None:
        self._folder = folder
        self._names = dict(sorted(names.items()))  # of a learner's entries in the folder
        self._course = course

    def __getitem__(self, learner: str) -> Submission:
        return _submission(learner, [self._folder / name for name in self._names[learner]], self._course)

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)


def find_submissions(folder: Path, course: Course) -> ClassFolder:
    """Every learner's submission in a class folder; UsageError where there is none."""
    learners: dict[str, list[str]] = defaultdict(list)
    entries = _entries(folder)
    for path, mode in entries.items():
        name = _learner(path, mode)
        if name is not None:
            learners[printable(name)].append(path.name)
    if not learners:
        fact = _("folder={folder} holds {n} entries, but no learner") if entries else _("folder={folder} is empty")
        fact = fact.format(folder=printable(str(folder)), n=len(entries))
        raise UsageError(_("{fact}; {remedy}").format(fact=fact, remedy=_(_EXPECTED)))
    if learners.keys() <= {exercise.unit for exercise in course.exercises}:
        fact = _("folder={folder} holds {names}, so it is one learner's; name the folder around it")
        raise UsageError(fact.format(folder=printable(str(folder)), names=", ".join(sorted(learners))))
    return ClassFolder(Path(os.path.realpath(folder)), learners, course)


def own_submission(folder: Path, course: Course) -> Submission:
    """The learner's own folder as a submission; what is not there yet is missing, not an error."""
    _entries(folder)
    gatherer = Gatherer(course)
    gatherer.add(list_folder(folder))
    return gatherer.submission(printable(folder.resolve().name))


def notebook_submission(learner: str, exercise: Exercise, data: bytes, course: Course) -> Submission:
    """One exercise's notebook as a submission, read as in the folder of a learner who handed in nothing else."""
    place = (exercise.unit, exercise.file.removesuffix(".py") + NOTEBOOK)
    shown = "/".join(place)

    def read(limit: int) -> bytes:
        if len(data) > limit:
            raise too_big(shown, limit)
        return data

    gatherer = Gatherer(replace(course, exercises=(exercise,)))
    gatherer.add(Listing((Entry(place, shown, read),)))
    return gatherer.submission(printable(learner))


_KINDS = (NOTEBOOK, ARCHIVE, *sorted(OTHER_ARCHIVES, key=len, reverse=True))
_EXPECTED = N_("it should hold a folder, zip or notebook for each learner")


def _entries(folder: Path) -> dict[Path, int]:
    """What lies in a folder but for hidden files, with its mode; UsageError where that cannot be said."""
    shown = printable(str(folder))
    real = Path(os.path.realpath(folder))
    try:
        names = os.listdir(real)  # noqa: PTH208 - a name, not a path, decides what is hidden
        return {real / name: (real / name).lstat().st_mode for name in sorted(names) if not ignored(name)}
    except FileNotFoundError:
        raise UsageError(_("folder={folder} does not exist; check the path").format(folder=shown)) from None
    except NotADirectoryError:
        fact = _("folder={folder} is a file; name the folder around it: {expected}")
        raise UsageError(fact.format(folder=shown, expected=_(_EXPECTED))) from None
    except OSError as error:
        fact = _("folder={folder} cannot be opened ({error}); check its permissions")
        raise UsageError(fact.format(folder=shown, error=error.strerror)) from None


def _learner(path: Path, mode: int) -> str | None:
    """The learner's name, or None where an entry is nobody's work, such as a README."""
    if stat.S_ISDIR(mode):
        return path.name
    kind = next((kind for kind in _KINDS if path.name.lower().endswith(kind)), None)
    if kind:
        return path.name[: -len(kind)]
    if stat.S_ISLNK(mode):  # a README is read through a link too, but where it leads may be a folder, or gone
        leads_to_folder = os.path.isdir(path)  # noqa: PTH112 - never raises
        return path.name if leads_to_folder or not (path.exists() or path.suffix) else None
    return None


def _submission(learner: str, paths: list[Path], course: Course) -> Submission:
    gatherer = Gatherer(course)
    for path in paths:
        if path.is_symlink():
            fact = _("{file} is a link, not followed: put the folder or file itself in its place")
            gatherer.faults.append(fact.format(file=printable(path.name)))
        else:
            gone = not os.path.lexists(path)  # since the class was looked at; reading a folder says so best
            gatherer.add(list_folder(path) if gone or path.is_dir() else list_file(path))
    if len(paths) > 1:
        names = _(" and ").join(printable(path.name) for path in paths)
        fact = _("{names} are one learner's and were read together: keep one of them")
        gatherer.notes.append(fact.format(names=names))
    return gatherer.submission(learner)
