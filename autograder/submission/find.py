"""Learners in a class folder: one folder, zip or notebook each."""

import os
import stat
from collections import defaultdict
from dataclasses import replace
from pathlib import Path

from autograder.course import Course, Exercise
from autograder.errors import UsageError
from autograder.submission.files import Entry, Listing, ignored, list_file, list_folder, too_big
from autograder.submission.gather import ARCHIVE, NOTEBOOK, OTHER_ARCHIVES, Gatherer, Submission
from autograder.submission.source import printable


def find_submissions(folder: Path, course: Course) -> list[Submission]:
    """Every learner's submission in a class folder, sorted by learner; UsageError where there is none."""
    learners: dict[str, list[Path]] = defaultdict(list)
    entries = _entries(folder)
    for path, mode in entries.items():
        name = _learner(path, mode)
        if name is not None:
            learners[printable(name)].append(path)
    if not learners:
        what = f"holds {len(entries)} entries, but no learner" if entries else "is empty"
        raise UsageError(f"folder={printable(str(folder))} {what}; {_EXPECTED}")
    if learners.keys() <= {exercise.unit for exercise in course.exercises}:
        fact = f"folder={printable(str(folder))} holds {', '.join(sorted(learners))}, so it is one learner's"
        raise UsageError(f"{fact}; name the folder around it")
    return [_submission(learner, learners[learner], course) for learner in sorted(learners)]


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
_EXPECTED = "it should hold a folder, zip or notebook for each learner"


def _entries(folder: Path) -> dict[Path, int]:
    """What lies in a folder but for hidden files, with its mode; UsageError where that cannot be said."""
    shown = f"folder={printable(str(folder))}"
    real = Path(os.path.realpath(folder))
    try:
        names = os.listdir(real)  # noqa: PTH208 - a name, not a path, decides what is hidden
        return {real / name: (real / name).lstat().st_mode for name in sorted(names) if not ignored(name)}
    except FileNotFoundError:
        raise UsageError(f"{shown} does not exist; check the path") from None
    except NotADirectoryError:
        raise UsageError(f"{shown} is a file; name the folder around it: {_EXPECTED}") from None
    except OSError as error:
        raise UsageError(f"{shown} cannot be opened ({error.strerror}); check its permissions") from None


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
            fact = f"{printable(path.name)} is a link, not followed"
            gatherer.faults.append(f"{fact}: put the folder or file itself in its place")
        else:
            gatherer.add(list_folder(path) if path.is_dir() else list_file(path))
    if len(paths) > 1:
        names = " and ".join(printable(path.name) for path in paths)
        gatherer.notes.append(f"{names} are one learner's and were read together: keep one of them")
    return gatherer.submission(learner)
