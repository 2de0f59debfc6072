"""One learner's entries turned into text, notebooks and listings: each read once, and no more than so much in all."""

import hashlib
import re
from collections.abc import Callable, Sequence
from typing import TypeVar

from autograder.course import Exercise
from autograder.errors import SubmissionError
from autograder.language import N_, _
from autograder.submission.archive import list_archive
from autograder.submission.files import KIB, MIB, Entry, Listing
from autograder.submission.naming import ARCHIVE, NOTEBOOK
from autograder.submission.notebook import Notebook, read_notebook, read_script
from autograder.submission.source import decode_source

MAX_SOURCE = 128 * KIB  # 2,500 lines; Python 3.11 takes seconds to parse an f-string of twice that
MAX_NOTEBOOK = 64 * MIB  # with its pictures, which are not parsed
MAX_ARCHIVE = 20 * MIB
MAX_TOTAL = 64 * MIB
MAX_CARRIERS = 10
"""How many archives are read, and how many notebooks and scripts besides two for each exercise."""

_ARCHIVES, _CODES = N_("archives"), N_("notebooks and scripts")

T = TypeVar("T")


class Reader:
    """Reads what one learner handed in; what came of it is remembered, a fault too."""

    def __init__(self, exercises: Sequence[Exercise]) -> None:
        words = "|".join(re.escape(exercise.symbol) for exercise in exercises)
        self._symbols = re.compile(rf"\b({words})\b")
        self._digests: list[str] = []
        self._total = 0
        self._left = {_ARCHIVES: MAX_CARRIERS, _CODES: MAX_CARRIERS + 2 * len(exercises)}
        self._texts: dict[Entry, str | SubmissionError] = {}
        self._codes: dict[Entry, Notebook | SubmissionError | None] = {}

    def digest(self) -> str:
        """The hash of all that was read, with its names."""
        return hashlib.sha256("\n".join(sorted(self._digests)).encode()).hexdigest()

    def text(self, entry: Entry) -> str:
        """A file of Python as text."""
        return _once(self._texts, entry, lambda: decode_source(self._read(entry, MAX_SOURCE), entry.shown))

    def code(self, entry: Entry) -> Notebook | None:
        """A notebook or script by its statements; None for a script that names nothing of the course."""
        return _once(self._codes, entry, lambda: self._parse(entry))

    def archive(self, entry: Entry) -> Listing:
        """What a zip holds."""
        self._count(entry, _ARCHIVES)
        if not entry.parts[-1].lower().endswith(ARCHIVE):
            raise no_plain_zip(entry, _("no zip"))
        return list_archive(self._read(entry, MAX_ARCHIVE), entry.shown)

    def _parse(self, entry: Entry) -> Notebook | None:
        if entry.parts[-1].lower().endswith(NOTEBOOK):
            self._count(entry, _CODES)
            return read_notebook(self._read(entry, MAX_NOTEBOOK), entry.shown)
        text = self.text(entry)
        if not self._symbols.search(text):
            return None
        self._count(entry, _CODES)
        return read_script(text, entry.shown)

    def _count(self, entry: Entry, kind: str) -> None:
        self._left[kind] -= 1
        if self._left[kind] < 0:
            fact = _("{file} was not read: there are too many {what}; hand in one")
            raise SubmissionError(fact.format(file=entry.shown, what=_(kind)))

    def _read(self, entry: Entry, limit: int) -> bytes:
        if self._total >= MAX_TOTAL:
            fact = _("{file} was not read: the submission is larger than {n} MiB; hand in the work alone")
            raise SubmissionError(fact.format(file=entry.shown, n=MAX_TOTAL // MIB))
        data = entry.read(limit)
        self._total += len(data)
        self._digests.append(f"{hashlib.sha256(data).hexdigest()} {entry.shown}")
        return data


def no_plain_zip(entry: Entry, what: str) -> SubmissionError:
    """The error for an archive that is not opened."""
    fact = _("{file} was not read, it is {what}: hand in a plain zip")
    return SubmissionError(fact.format(file=entry.shown, what=what))


def _once(known: dict[Entry, T | SubmissionError], entry: Entry, read: Callable[[], T]) -> T:
    if entry not in known:
        try:
            known[entry] = read()
        except SubmissionError as error:
            known[entry] = error
    found = known[entry]
    if isinstance(found, SubmissionError):
        raise found
    return found
