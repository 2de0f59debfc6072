"""Which of the things handed in is the source of which exercise; where that is unclear, it is said."""

import difflib
import hashlib
import re
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from autograder.course import Course, Exercise
from autograder.errors import SubmissionError
from autograder.language import _
from autograder.submission.archive import list_archive
from autograder.submission.files import KIB, MIB, Entry, Listing
from autograder.submission.notebook import read_notebook
from autograder.submission.source import Source, decode_source

MAX_SOURCE = 128 * KIB  # 2,500 lines; Python 3.11 takes seconds to parse an f-string of twice that
MAX_NOTEBOOK = 5 * MIB
MAX_ARCHIVE = 20 * MIB
MAX_TOTAL = 64 * MIB
MAX_CARRIERS = 10
"""How many notebooks and archives of one learner are read."""

NOTEBOOK, ARCHIVE = ".ipynb", ".zip"
OTHER_ARCHIVES = (".7z", ".rar", ".tar", ".tar.bz2", ".tar.gz", ".tar.xz", ".tgz")
_ALIKE = 0.85  # of a misspelt file's letters
_SHORT = len("relu.py")  # so short a name is one letter from others that mean something else: prelu, atanh
SAID_ALOUD = 3
"""How many remarks of one kind are listed before the rest is only counted."""


@dataclass(frozen=True, slots=True)
class Submission:
    """What one learner handed in.

    Args:
        learner: the id; unprintable characters are escaped (``source.original`` gives the name back).
        sources: by exercise name; each exercise is here, in ``problems``, or missing altogether.
        problems: by exercise name, why there is no source: the fact, then the remedy.
        notes: remarks on the whole submission, such as a broken zip.
        sha256: of exactly the bytes that were read, with their names.

    """

    learner: str
    sources: Mapping[str, Source]
    problems: Mapping[str, str]
    notes: tuple[str, ...]
    sha256: str


@dataclass(frozen=True, slots=True)
class _Candidate:
    path: str
    source: Source | None
    problem: str = ""


class Gatherer:
    """Collects one learner's listings and settles each exercise when all are in."""

    def __init__(self, course: Course) -> None:
        self.exercises = course.exercises
        self.places = _places(course.exercises)
        self.units = {exercise.unit for exercise in course.exercises}
        self.candidates: dict[str, list[_Candidate]] = defaultdict(list)
        self.asides: dict[str, list[_Candidate]] = defaultdict(list)  # in the notebook of another exercise
        self.near: dict[str, list[str]] = defaultdict(list)  # what may have been meant for an exercise
        self.misspelt: dict[str, list[str]] = defaultdict(list)  # the same, where there is nothing better
        self.faults: list[str] = []  # what may have hidden any exercise
        self.notes: list[str] = []
        self.digests: list[str] = []
        self.total = 0
        self.carriers = 0

    def add(self, listing: Listing, *, packed: bool = False) -> None:
        """Take what belongs to an exercise out of a listing; ``packed`` says that it is a zip's."""
        self.faults += listing.faults
        skip = self._wrapper(listing.entries)
        for entry in listing.entries:
            place = entry.parts[skip:] if len(entry.parts) > skip else entry.parts
            name = place[-1].lower()
            carrier = name.endswith((NOTEBOOK, ARCHIVE, *OTHER_ARCHIVES))
            if place in self.places:
                self._add_file(self.places[place], entry)
            elif carrier and (len(place) == 1 or (len(place) == 2 and place[0] in self.units)):
                self._add_carrier(name, entry, packed, self._owner(place))
            elif name.endswith((NOTEBOOK, ARCHIVE)):
                fact = _("{file} was not read: move it to the top of the submission")
                self.faults.append(fact.format(file=entry.shown))
            else:
                self._note_near_miss(place, entry)

    def submission(self, learner: str) -> Submission:
        """Settle: one candidate is the source, several unlike ones or none but a near miss are a problem."""
        sources: dict[str, Source] = {}
        problems: dict[str, str] = {}
        for exercise in self.exercises:
            settled = self._settle(exercise)
            if isinstance(settled, Source):
                sources[exercise.name] = settled
            elif settled:
                problems[exercise.name] = settled
        unread = [text for name in sources for text in self.near[name]]
        left = [_("{fact}; it was not read").format(fact=text) for text in unread]
        digest = hashlib.sha256("\n".join(sorted(self.digests)).encode())
        notes = (*self.notes, *_few(self.faults), *_few(left))
        return Submission(learner, sources, problems, notes, digest.hexdigest())

    def _wrapper(self, entries: Sequence[Entry]) -> int:
        """How many folders stand around all the work: zips and downloads often wrap it in one or two."""
        work = [e.parts for e in entries if e.parts[-1].lower().endswith((".py", NOTEBOOK, ARCHIVE))]
        skip = 0
        while work and all(len(parts) > skip + 1 for parts in work):
            first = {parts[skip] for parts in work}
            if len(first) > 1 or first.pop().casefold() in self.units:
                break
            skip += 1
        return skip

    def _read(self, entry: Entry, limit: int) -> bytes:
        if self.total >= MAX_TOTAL:
            fact = _("{file} was not read: the submission is larger than {n} MiB; hand in the work alone")
            raise SubmissionError(fact.format(file=entry.shown, n=MAX_TOTAL // MIB))
        data = entry.read(limit)
        self.total += len(data)
        self.digests.append(f"{hashlib.sha256(data).hexdigest()} {entry.shown}")
        return data

    def _add_file(self, exercise: Exercise, entry: Entry) -> None:
        try:
            text = decode_source(self._read(entry, MAX_SOURCE), entry.shown)
            candidate = _Candidate(entry.shown, Source(text, entry.shown))
        except SubmissionError as error:
            candidate = _Candidate(entry.shown, None, str(error))
        self.candidates[exercise.name].append(candidate)

    def _owner(self, place: tuple[str, ...]) -> Exercise | None:
        """The exercise that a notebook is named for, as nbgrader's are: ``activations/sigmoid.ipynb``."""
        name = place[-1].removesuffix(NOTEBOOK)
        return None if name == place[-1] else self.places.get((*place[:-1], f"{name}.py"))

    def _add_carrier(self, name: str, entry: Entry, packed: bool, owner: Exercise | None) -> None:
        """Read a notebook or a zip; what is wrong with it counts against its exercise, or what no file gives."""
        self.carriers += owner is None
        try:
            if owner is None and self.carriers > MAX_CARRIERS:
                fact = _("{file} was not read: more than {n} notebooks and archives; hand in one")
                raise SubmissionError(fact.format(file=entry.shown, n=MAX_CARRIERS))
            if name.endswith(NOTEBOOK):
                self._add_notebook(self._read(entry, MAX_NOTEBOOK), entry.shown, owner)
            elif packed or not name.endswith(ARCHIVE):
                kind = _("a zip in a zip") if name.endswith(ARCHIVE) else _("no zip")
                fact = _("{file} was not read, it is {what}: hand in a plain zip")
                raise SubmissionError(fact.format(file=entry.shown, what=kind))
            else:
                self.add(list_archive(self._read(entry, MAX_ARCHIVE), entry.shown), packed=True)
        except SubmissionError as error:
            if owner is None:
                self.faults.append(str(error))
            else:
                self.candidates[owner.name].append(_Candidate(entry.shown, None, str(error)))

    def _add_notebook(self, data: bytes, shown: str, owner: Exercise | None) -> None:
        """Take what a notebook defines; a sigmoid beside the loss that it helps is no second answer."""
        notebook = read_notebook(data, shown)
        for exercise in self.exercises:
            source = notebook.source(exercise.symbol)
            meant = owner is None or owner.name == exercise.name
            if source is not None:
                found = self.candidates if meant else self.asides
                found[exercise.name].append(_Candidate(shown, source))
            elif meant and notebook.assigns(exercise.symbol):
                keyword = "class" if exercise.kind == "module" else "def"
                fact = _("{file} gives {symbol} a value, but defines none: write it as {keyword} {symbol}")
                near = fact.format(file=shown, symbol=exercise.symbol, keyword=keyword)
                self.near[exercise.name].append(near)

    def _note_near_miss(self, place: tuple[str, ...], entry: Entry) -> None:
        for exercise in self.exercises:
            like = _resembles(place[-1], exercise.file)
            if not like and not _misspells(place[-1], exercise.file):
                continue
            home = place[:-1] in {(), (exercise.unit,)} and (exercise.file,) in self.places
            target = exercise.file if home and place[-1] != exercise.file else exercise.path
            near = _("found {file}: rename it to {target}").format(file=entry.shown, target=target)
            (self.near if like else self.misspelt)[exercise.name].append(near)

    def _settle(self, exercise: Exercise) -> Source | str | None:
        candidates = self.candidates[exercise.name] or self.asides[exercise.name]
        if not candidates:
            near = self.near[exercise.name] or self.misspelt[exercise.name]
            reasons = [*_few(near), *_few(self.faults)]
            fact = _("there is no {file} that could be read").format(file=exercise.path)
            return _("; ").join([fact, *reasons]) if reasons else None
        first = candidates[0]
        texts = {candidate.source.text if candidate.source else None for candidate in candidates}
        if len(candidates) == 1 or (len(texts) == 1 and first.source):
            return first.source or first.problem
        paths = _(" and ").join(_few([candidate.path for candidate in candidates]))
        fact = _("{file} is given {n} times, by {paths}, and not alike: keep one")
        problems = _few([candidate.problem for candidate in candidates if candidate.problem])
        return _("; ").join([fact.format(file=exercise.path, n=len(candidates), paths=paths), *problems])


def _places(exercises: Sequence[Exercise]) -> dict[tuple[str, ...], Exercise]:
    """Where an exercise may lie: in its unit's folder, or at the top if no other unit has such a file."""
    names = Counter(exercise.file for exercise in exercises)
    flat = {(exercise.file,): exercise for exercise in exercises if names[exercise.file] == 1}
    return flat | {PurePosixPath(exercise.path).parts: exercise for exercise in exercises}


def _resembles(name: str, file: str) -> bool:
    """Whether a name is what browsers, editors and learning platforms make of a file's name."""
    stem = re.escape(file.removesuffix(".py"))
    pattern = rf"(.*[ _-])?{stem}(copy|[\d ()_-])*\.(py|txt|py\.txt)"
    return bool(re.fullmatch(pattern, name, re.IGNORECASE | re.DOTALL))


def _misspells(name: str, file: str) -> bool:
    """Whether a name is a file's but for a letter or two: ``sigmod.py``, ``mse-loss.py``, ``crossentropy.py``."""
    one, other = (re.sub(r"[ _-]", "", word).casefold() for word in (name, file))
    return one.endswith(".py") and len(other) > _SHORT and difflib.SequenceMatcher(None, one, other).ratio() >= _ALIKE


def _few(texts: Sequence[str]) -> list[str]:
    more = len(texts) - SAID_ALOUD
    return [*texts[:SAID_ALOUD], *([_("and {n} more of the kind").format(n=more)] if more > 0 else [])]
