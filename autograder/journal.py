"""Each learner's report in a file of its own, written as it is done: what an interrupted run can go on from.

A report is used again only where it is what grading anew would give: made by the same kit from the same course with
the same options, of the same submission. Its checksum finds damage, not deceit: whoever may write to the folder can
also compute a checksum, and could change results.json just as well. Learners never get that far.
"""

from __future__ import annotations

import contextlib
import hashlib
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from autograder.disk import GRADEBOOK, PART, REPORTS, RESULTS, move_aside, remove, require_writable, write_atomically
from autograder.errors import OutputError, UsageError
from autograder.language import _, few
from autograder.reporters.feedback import Feedback
from autograder.reporters.json import dump
from autograder.reporters.text import faulty
from autograder.result import CourseInfo, Report, RunInfo
from autograder.submission import Submission

_MARK = b'{"autograder_report":'
_MAX_BYTES = 64 << 20  # a report has 50 KB; whatever is larger is none, and is not read
_PLAIN = re.compile(r"[a-z0-9]([a-z0-9._-]{0,98}[a-z0-9_-])?")
_DEVICES = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?")  # no file of Windows may be called so


class _Model(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Fingerprint(_Model):
    """What decides about the reports of a run besides the submissions.

    Args:
        code: of the kit, whose version stays the same while it is developed, and when a checkout is updated.

    """

    course: CourseInfo
    exercises: tuple[str, ...]
    feedback: Feedback
    run: RunInfo
    code: str

    def difference(self, earlier: Fingerprint) -> str:
        """In words, where an earlier run differs: ``seed=1, now 0``; empty where it does not."""
        now, then = _flat(self), _flat(earlier)
        keys = [key for key in dict.fromkeys((*now, *then)) if now.get(key) != then.get(key)]
        return "; ".join(f"{key}={_short(then.get(key))}, now {_short(now.get(key))}" for key in keys)


class Entry(_Model):
    """One file: a report as it is shown, and all that it depends on."""

    autograder_report: Literal[1] = 1  # first, so that a file of ours is recognised by its beginning
    report: Report
    problems: dict[str, str]
    seconds: Annotated[float, Field(ge=0)]
    fingerprint: Fingerprint
    checksum: str = ""

    def text(self) -> str:
        """The file's text, with its checksum."""
        return dump(self.model_copy(update={"checksum": self._digest()}).model_dump(mode="json")) + "\n"

    def intact(self) -> bool:
        """Whether it is what was written."""
        return self.checksum == self._digest()

    def _digest(self) -> str:
        return hashlib.sha256(self.model_dump_json(exclude={"checksum"}).encode()).hexdigest()


class Unusable(Exception):
    """A report cannot be used again; the message is why, the same words for the same reason."""


def require_room(out: Path, learners: Iterable[str]) -> None:
    """UsageError where a class cannot be graded into a folder."""
    require_writable(out, (RESULTS, GRADEBOOK))
    require_writable(out / REPORTS, map(file_name, learners))


def require_nothing_lost(out: Path, learners: Iterable[str], exercises: Iterable[str]) -> None:
    """UsageError where a run would replace what it does not grade anew: another class, or other exercises."""
    own = set(map(file_name, learners))
    asked = set(exercises)
    mine, others, lost = 0, list[str](), dict[str, None]()
    for entry in _entries(out / REPORTS):
        if file_name(entry.report.learner) in own:
            mine += 1
            lost |= dict.fromkeys(name for name in entry.fingerprint.exercises if name not in asked)
        else:
            others.append(entry.report.learner)
    if len(others) > mine:
        fact = _(
            "--out={path} holds the reports of another class ({learners}), which would be removed; "
            "choose another folder, or remove {reports} first"
        )
        raise UsageError(fact.format(path=out, learners=few(others), reports=out / REPORTS))
    if lost:
        fact = _(
            "--out={path} holds reports of exercises that are not asked for now ({exercises}) and would be lost; "
            "choose another folder, or grade all of them together"
        )
        raise UsageError(fact.format(path=out, exercises=few(lost)))


class Journal:
    """The reports of one class in a folder.

    Args:
        folder: is there.
        fingerprint: the run's.

    """

    def __init__(self, folder: Path, fingerprint: Fingerprint) -> None:
        self._folder = folder
        self._fingerprint = fingerprint

    def write(self, submission: Submission, report: Report, seconds: float) -> None:
        """Keep a report; OutputError where it cannot be."""
        problems = dict(submission.problems)
        entry = Entry(report=report, problems=problems, seconds=seconds, fingerprint=self._fingerprint)
        write_atomically(self._path(submission.learner), [entry.text()])

    def find(self, submission: Submission) -> Entry | None:
        """What an earlier run has found out about a submission.

        Raises:
            Unusable: there is a report, but it is damaged, or grading anew may give another one.

        """
        path = self._path(submission.learner)
        if not path.exists():
            return None
        entry = _read(path)
        if difference := self._fingerprint.difference(entry.fingerprint):
            raise Unusable(_("made by another run ({difference})").format(difference=difference))
        report = entry.report
        now = (submission.learner, submission.sha256, submission.notes, dict(submission.problems))
        if (report.learner, report.sha256, report.notes, entry.problems) != now:
            raise Unusable(_("the submission has changed"))
        if faulty(report):
            raise Unusable(_("the grader had failed"))  # which may have been the machine's fault, and be over
        return entry

    def reports(self, learners: Iterable[str]) -> Iterator[Report]:
        """The reports of these learners, read one by one; OutputError where one is damaged by now."""
        for learner in learners:
            path = self._path(learner)
            try:
                yield _read(path).report
            except Unusable as error:
                fact = _("{path} was written, but now it is lost: {error}; grade it again")
                raise OutputError(fact.format(path=path, error=error)) from None

    def earlier(self, learners: Iterable[str]) -> int:
        """How many of these learners have a report of an earlier run."""
        return sum(map(self.holds, learners))

    def holds(self, learner: str) -> bool:
        """Whether there is something in the place of a learner's report."""
        return self._path(learner).exists()

    def set_aside(self, learners: Iterable[str]) -> Iterator[tuple[Path, Path]]:
        """Move away what lies in a report's place and is none: it is somebody's, or damage worth a look."""
        for path in map(self._path, learners):
            if path.exists() and not _begins_like_ours(path):
                yield path, move_aside(path)

    def others(self, learners: Iterable[str]) -> list[str]:
        """Whoever else has a report here, which `remove_others` removes."""
        own = set(learners)
        return [entry.report.learner for entry in _entries(self._folder) if entry.report.learner not in own]

    def remove_others(self, learners: Iterable[str]) -> None:
        """Remove the reports of whoever else was graded into this folder, and not a file of anybody's."""
        kept = {file_name(learner) for learner in learners}
        remove(self._folder / PART)
        for path in self._folder.glob("*.json"):
            if path.name not in kept and _is_ours(path):
                remove(path)

    def _path(self, learner: str) -> Path:
        return self._folder / file_name(learner)


def file_name(learner: str) -> str:
    """The name of a learner's file: valid on every system, and another one for each learner whatever the case."""
    if _PLAIN.fullmatch(learner) and not _DEVICES.fullmatch(learner):
        return f"{learner}.json"
    letters = unicodedata.normalize("NFKD", learner).encode("ascii", "ignore").decode().lower()
    readable = re.sub(r"[^a-z0-9]+", "-", letters).strip("-")[:40]
    digest = hashlib.sha256(learner.encode("utf-8", "surrogatepass")).hexdigest()
    return f"{readable}~{digest[:32]}.json"  # no plain name has a ~


def _begins_like_ours(path: Path) -> bool:
    """Whether a file is one of ours, if perhaps damaged."""
    try:
        if not path.is_file():  # to open a pipe would wait for ever
            return False
        with path.open("rb") as file:
            return file.read(len(_MARK)) == _MARK
    except OSError:
        return False


def _entries(folder: Path) -> Iterator[Entry]:
    """The whole reports in a folder, each under its learner's name."""
    for path in sorted(folder.glob("*.json")):
        with contextlib.suppress(Unusable):
            entry = _read(path)
            if file_name(entry.report.learner) == path.name:
                yield entry


def _is_ours(path: Path) -> bool:
    try:
        return _begins_like_ours(path) and file_name(_read(path).report.learner) == path.name
    except Unusable:
        return False


def _read(path: Path) -> Entry:
    try:
        if not path.is_file():
            raise Unusable(_("{file} is no file").format(file=path.name))
        if path.stat().st_size > _MAX_BYTES:
            fact = _("{file} is no report: it is larger than {n} MiB")
            raise Unusable(fact.format(file=path.name, n=_MAX_BYTES >> 20))
        entry = Entry.model_validate_json(path.read_bytes(), strict=True)
    except OSError as error:
        raise Unusable(_("{file} cannot be read: {error}").format(file=path.name, error=error.strerror)) from None
    except ValidationError:
        raise Unusable(_("{file} is damaged").format(file=path.name)) from None
    if not entry.intact():
        raise Unusable(_("{file} is damaged").format(file=path.name))
    return entry


def _flat(fingerprint: Fingerprint) -> Mapping[str, str]:
    data = fingerprint.model_dump(mode="json")
    run = data.pop("run")
    sandbox = run.pop("sandbox")
    layers = {f"layer {name}": state for name, state in sandbox.pop("layers").items()}
    nested = {f"course {key}": value for key, value in data.pop("course").items()}
    nested["exercises"] = " ".join(data.pop("exercises"))
    return {key: str(value) for key, value in (nested | data | run | {"sandbox": sandbox["level"]} | layers).items()}


def _short(value: str | None) -> str:
    return "none" if value is None else value if len(value) <= 20 else f"{value[:8]}…"
