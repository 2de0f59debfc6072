"""Learners in a class folder: one folder, zip or notebook each."""

import os
import re
import stat
import unicodedata
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from autograder.course import Course, Exercise
from autograder.errors import UsageError
from autograder.language import N_, _
from autograder.result import NotGraded
from autograder.submission.files import Entry, Listing, ignored, list_file, list_folder, too_big
from autograder.submission.gather import Gatherer, Submission
from autograder.submission.level import Level
from autograder.submission.naming import ARCHIVE, NOTEBOOK, OTHER_ARCHIVES, SCRIPT
from autograder.submission.source import printable


class ClassFolder(Mapping[str, Submission]):
    """The submissions of a class by learner, sorted; each is read when it is asked for, and at every time anew.

    A class of any size fits into memory so. ``not_graded`` names the other entries of the folder.
    """

    def __init__(
        self, names: Mapping[str, Sequence[Path]], course: Course, not_graded: Sequence[NotGraded] = ()
    ) -> None:
        self._paths = dict(sorted(names.items()))
        self._course = course
        self.not_graded = tuple(not_graded)

    def __getitem__(self, learner: str) -> Submission:
        return _submission(learner, self._paths[learner], self._course)

    def __iter__(self) -> Iterator[str]:
        return iter(self._paths)

    def __len__(self) -> int:
        return len(self._paths)


def find_submissions(folder: Path, course: Course) -> ClassFolder:
    """Every learner's submission in a class folder; UsageError where there is none."""
    learners: dict[str, list[Path]] = defaultdict(list)
    loose: list[str] = []
    entries = _entries(folder)
    for path, mode in entries.items():
        name = _learner(path, mode)
        if name is None:
            loose.append(path.name)
        else:
            learners[printable(name)].append(path)
    if not entries:
        fact = _("folder={folder} is empty").format(folder=printable(str(folder)))
        raise UsageError(_("{fact}; {remedy}").format(fact=fact, remedy=_(_EXPECTED)))
    found = Level(folder, learners, loose, course)
    units = found.require_class()
    if not learners:
        fact = _("folder={folder} holds {n} entries, but no learner").format(
            folder=printable(str(folder)), n=len(entries)
        )
        raise UsageError(_("{fact}; {remedy}").format(fact=fact, remedy=_arrangement(loose, course)))
    left = [NotGraded(entry=printable(name), reason=_reason(name)) for name in loose]
    left += [NotGraded(entry=name, reason=_(_UNIT)) for name in units]
    of_learners = {name: paths for name, paths in learners.items() if name not in units}
    return ClassFolder(of_learners, course, sorted(left, key=lambda item: item.entry))


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
_UNIT = N_("a unit of a learner's work, without the learner's folder around it")
_ONLINE = "_assignsubmission_onlinetext"
_MOODLE = re.compile(f"(_assignsubmission_file|{_ONLINE})_?$")
"""How Moodle ends the names of a learner's folders, of which it makes two."""


def _arrangement(loose: Sequence[str], course: Course) -> str:
    """How to arrange loose files."""
    fact = _("{expected}; put the files of each learner into a folder of that name, such as {example}")
    example = f"bob/{course.exercises[0].path}"
    return fact.format(expected=_(_EXPECTED), example=example)


def _reason(name: str) -> str:
    """Why a loose entry of a class folder is not graded."""
    if name.lower().endswith(SCRIPT):
        return _("a file without its learner's folder: put it into a folder of the learner's name")
    return _("neither a folder, a zip nor a notebook: put a learner's work into a folder of the learner's name")


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
    """The learner's name, or None where an entry is nobody's work, such as a README.

    It is the same however its accents are spelt, for systems differ in that, and for both of Moodle's folders.
    """
    kind = next((kind for kind in _KINDS if path.name.lower().endswith(kind)), None)
    if kind and not stat.S_ISDIR(mode):
        return _person(path.name[: -len(kind)])
    if stat.S_ISDIR(mode):
        return _person(path.name)
    if stat.S_ISLNK(mode):  # a README is read through a link too, but where it leads may be a folder, or gone
        leads_to_folder = os.path.isdir(path)  # noqa: PTH112 - never raises
        return _person(path.name) if leads_to_folder or not (path.exists() or path.suffix) else None
    return None


def _person(name: str) -> str:
    return unicodedata.normalize("NFC", _MOODLE.sub("", name) or name)


def _submission(learner: str, paths: Sequence[Path], course: Course) -> Submission:
    gatherer = Gatherer(course)
    for path in paths:
        if path.is_symlink():
            fact = _("{file} is a link, not followed: put the folder or file itself in its place")
            gatherer.faults.append(fact.format(file=printable(path.name)))
        else:
            gone = not os.path.lexists(path)  # since the class was looked at; reading a folder says so best
            folder = gone or path.is_dir()
            gatherer.add(list_folder(path) if folder else list_file(path), alone=not folder)
    online = [path for path in paths if _ONLINE in path.name]
    for path in online:
        fact = _("{file} is an online text, which is not graded: code is handed in as a file")
        gatherer.notes.append(fact.format(file=printable(path.name)))
    if len(paths) > 1 + len(online):
        names = _(" and ").join(printable(path.name) for path in paths)
        fact = _("{names} are one learner's and were read together: keep one of them")
        gatherer.notes.append(fact.format(names=names))
    return gatherer.submission(learner)
