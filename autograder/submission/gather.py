"""Which of the things handed in is the source of which exercise; where that is unclear, it is said.

The course's own paths win over whatever else lies around; then come the file's name alone, what is in a zip, names that
platforms make, and last what notebooks and scripts define. Something begun wins over an untouched stub. Of equals that
are not alike none is taken.
"""

import warnings
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from itertools import groupby, islice
from typing import TypeVar

from autograder.course import Course, Exercise
from autograder.errors import SubmissionError
from autograder.language import _
from autograder.submission.files import KIB, Entry, Listing
from autograder.submission.naming import (
    ARCHIVE,
    NOTEBOOK,
    OTHER_ARCHIVES,
    SCRIPT,
    Names,
    Place,
    level,
    without_the_kits,
)
from autograder.submission.reading import Reader, no_plain_zip
from autograder.submission.source import Source
from autograder.submission.stub import is_untouched

MAX_PEERS = 10
"""How many candidates of one rank are read; so many that are not alike are a problem anyway."""
MAX_SCRIPTS = 200
"""In how many files of Python that are named for no exercise a definition is looked for."""
SAID_ALOUD = 3
"""How many remarks of one kind are listed before the rest is only counted."""
_LONGEST_STUB = 16 * KIB

T = TypeVar("T")


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
class _Found:
    """An entry among the learner's, in a zip of theirs if it is ``packed``, and the exercises that it is named for."""

    entry: Entry
    packed: bool
    places: Mapping[str, Place]

    @property
    def name(self) -> str:
        """The file's name in small letters, for its ending."""
        return self.entry.parts[-1].lower()

    def rank(self, exercise: Exercise) -> tuple[bool, Place, int]:
        """How surely its name makes it the answer to an exercise: the lower, the surer; equals are peers."""
        place = self.places[exercise.name]
        return self.packed, place, 0 if place is Place.RENAMED else level(self.entry.parts, place)


@dataclass(frozen=True, slots=True)
class _Candidate:
    entry: Entry
    source: Source | None
    problem: str = ""


class Gatherer:
    """Collects one learner's listings and settles each exercise when all are in."""

    def __init__(self, course: Course) -> None:
        self.notes: list[str] = []
        self.faults: list[str] = []  # what may have hidden any exercise
        self._course = course
        self._names = Names(course.exercises)
        self._reader = Reader(course.exercises)
        self._named: dict[str, list[_Found]] = defaultdict(list)  # by exercise
        self._codes: list[_Found] = []  # notebooks and scripts
        self._archives: list[_Found] = []
        self._near: dict[str, dict[str, str]] = defaultdict(dict)  # what may have been meant for an exercise, by path
        self._misspelt: dict[str, dict[str, str]] = defaultdict(dict)  # the same, where there is nothing better
        self._assigned: dict[str, list[str]] = defaultdict(list)  # where its name gets a value, and is not defined

    def add(self, listing: Listing, *, alone: bool = False) -> None:
        """Take a listing in; ``alone`` says that it is of a file that was handed in in place of a folder."""
        archives = self._take(listing, packed=False)
        if alone:
            self._open(archives, packed=False)
        else:
            self._archives += archives

    def submission(self, learner: str) -> Submission:
        """Settle: the best candidate is the source, unlike peers or none but a near miss are a problem."""
        sources: dict[str, Source] = {}
        problems: dict[str, str] = {}
        chosen: list[tuple[Exercise, Source, list[_Candidate], list[_Candidate]]] = []
        for exercise in self._course.exercises:
            peers, left = self._choose(exercise)
            settled = self._settle(exercise, peers)
            if isinstance(settled, Source):
                sources[exercise.name] = settled
                chosen.append((exercise, settled, peers, left))
            elif settled:
                problems[exercise.name] = settled
        read = {source.path for source in sources.values()}
        said = [told for choice in chosen for told in self._said(*choice, read)]
        notes = (*self.notes, *_few(list(dict.fromkeys(self.faults))), *_few(list(self._scripts(sources))), *_few(said))
        return Submission(learner, sources, problems, notes, self._reader.digest())

    # --- candidates ---

    def _choose(self, exercise: Exercise) -> tuple[list[_Candidate], list[_Candidate]]:
        """The best peers among which there is an answer, and what comes before them without one: stubs, damage."""
        left: list[_Candidate] = []
        for peers in self._peers(exercise):
            if not all(_is_no_answer(candidate, exercise.symbol) for candidate in peers):
                return peers, left
            left += peers
        if left:
            return left[:1], []
        # Only where there is nothing else: a sigmoid in the file of another exercise helps that.
        return next(self._defined(exercise, named=True), []), []

    def _peers(self, exercise: Exercise) -> Iterator[list[_Candidate]]:
        """Candidates of equal rank, the best first; what nobody asks for is not read."""
        for packed in (False, True):
            if packed:
                archives, self._archives = self._archives, []
                self._open(archives, packed=True)
            yield from self._by_name(exercise, [f for f in self._sure(exercise) if f.packed is packed])
        yield from self._by_name(exercise, [f for f in self._named[exercise.name] if f not in self._sure(exercise)])
        yield from self._defined(exercise, named=False)

    def _sure(self, exercise: Exercise) -> list[_Found]:
        return [found for found in self._named[exercise.name] if found.places[exercise.name] is not Place.RENAMED]

    def _by_name(self, exercise: Exercise, named: Iterable[_Found]) -> Iterator[list[_Candidate]]:
        ranked = [(found.rank(exercise), found) for found in named]
        for peers in _grouped(ranked):
            if candidates := [c for found in peers if (c := self._candidate(exercise, found))]:
                yield candidates

    def _candidate(self, exercise: Exercise, found: _Found) -> _Candidate | None:
        """What an entry gives for the exercise that it is named for; None for a notebook without the definition."""
        entry = found.entry
        try:
            if not found.name.endswith(NOTEBOOK):
                return _Candidate(entry, Source(self._reader.text(entry), entry.shown))
            source = self._source(exercise, found)
        except SubmissionError as error:
            return _Candidate(entry, None, str(error))
        return _Candidate(entry, source) if source else None

    def _defined(self, exercise: Exercise, *, named: bool) -> Iterator[list[_Candidate]]:
        """What notebooks and scripts define that are, or are not, named for an exercise."""
        nearest = sorted(self._codes, key=lambda found: (found.packed, len(found.entry.parts)))
        ranked: list[tuple[tuple[int, ...], _Candidate]] = []
        for found in islice((found for found in nearest if bool(found.places) is named), MAX_SCRIPTS):
            try:
                source = self._source(exercise, found)
            except SubmissionError as error:
                self.faults += [str(error)] * (not named)
                continue
            if source:  # beside the homework a trial of one function is just that
                rank = (found.packed, -self._given(found), len(found.entry.parts))
                ranked.append((rank, _Candidate(found.entry, source)))
        yield from _grouped(ranked)

    def _source(self, exercise: Exercise, found: _Found) -> Source | None:
        code = self._reader.code(found.entry)
        if code is None:
            return None
        source = code.source(exercise.symbol)
        if source is None and code.assigns(exercise.symbol):
            keyword = "class" if exercise.kind == "module" else "def"
            fact = _("{file} gives {symbol} a value, but defines none: write it as {keyword} {symbol}")
            told = fact.format(file=found.entry.shown, symbol=exercise.symbol, keyword=keyword)
            self._assigned[exercise.name].append(told)
        return source

    def _given(self, found: _Found) -> int:
        code = self._reader.code(found.entry)
        return sum(code.defines(exercise.symbol) for exercise in self._course.exercises) if code else 0

    # --- entries ---

    def _take(self, listing: Listing, *, packed: bool) -> list[_Found]:
        """Note what a listing holds; returns its archives."""
        self.faults += listing.faults
        archives = []
        for entry in without_the_kits(listing.entries, self._course):
            found = _Found(entry, packed, {e.name: place for e, place in self._names.meant(entry.parts)})
            for name in found.places:
                self._named[name].append(found)
            if found.name.endswith((NOTEBOOK, SCRIPT)):
                self._codes.append(found)
            elif found.name.endswith((ARCHIVE, *OTHER_ARCHIVES)):
                archives.append(found)
            self._note_name(found)
        return archives

    def _open(self, archives: Iterable[_Found], *, packed: bool) -> None:
        """Read zips; what is wrong with one may have hidden any exercise."""
        for found in archives:
            try:
                nested = self._take(self._reader.archive(found.entry), packed=packed)
                self.faults += [str(no_plain_zip(inner.entry, _("a zip in a zip"))) for inner in nested]
            except SubmissionError as error:
                self.faults.append(str(error))

    # --- what is said ---

    def _note_name(self, found: _Found) -> None:
        parts, shown = found.entry.parts, found.entry.shown
        if any(place is not Place.RENAMED for place in found.places.values()):
            return
        for exercise, resembles in self._names.like(parts):
            fact = _("found {file}: rename it to {target}")
            near = fact.format(file=shown, target=self._names.target(exercise, parts))
            (self._near if resembles else self._misspelt)[exercise.name][shown] = near

    def _said(
        self,
        exercise: Exercise,
        source: Source,
        peers: Sequence[_Candidate],
        left: Sequence[_Candidate],
        read: Set[str],
    ) -> Iterator[str]:
        """That something was taken which is not where it should be, and what was not."""
        near = self._near[exercise.name]
        if told := (near | self._misspelt[exercise.name]).get(source.path):
            yield _("{fact}; it was read").format(fact=told)
        for candidate in left:
            fact = candidate.problem or _("{file} is not begun").format(file=candidate.entry.shown)
            yield _("{fact}; {other} was read in its place").format(fact=fact, other=source.path)
        known = {*read, *(candidate.entry.shown for candidate in (*peers, *left))}
        yield from (_("{fact}; it was not read").format(fact=told) for path, told in near.items() if path not in known)
        for found in self._sure(exercise):
            if found.entry.shown not in known and not found.packed:
                yield _("{file} was not read: {other} was").format(file=found.entry.shown, other=source.path)

    def _scripts(self, sources: Mapping[str, Source]) -> Iterator[str]:
        """Which scripts that are named for no exercise were read, and for what."""
        scripts = {f.entry.shown for f in self._codes if not f.places and f.name.endswith(SCRIPT)}
        given: dict[str, list[str]] = defaultdict(list)
        for name, source in sources.items():
            if source.path in scripts and source.path not in self._misspelt[name] | self._near[name]:
                given[source.path].append(name)
        for path, names in given.items():
            yield _("{file} was read for {names}").format(file=path, names=", ".join(names))

    def _settle(self, exercise: Exercise, peers: Sequence[_Candidate]) -> Source | str | None:
        if not peers:
            near = self._near[exercise.name] or self._misspelt[exercise.name]
            assigned = dict.fromkeys(self._assigned[exercise.name])
            reasons = [*_few([*near.values(), *assigned]), *_few(list(dict.fromkeys(self.faults)))]
            fact = _("there is no {file} that could be read").format(file=exercise.path)
            return _("; ").join([fact, *reasons]) if reasons else None
        first = peers[0]
        texts = {candidate.source.text if candidate.source else None for candidate in peers}
        if len(peers) == 1 or (len(texts) == 1 and first.source):
            return first.source or first.problem
        paths = _(" and ").join(_few([candidate.entry.shown for candidate in peers]))
        fact = _("{file} is given {n} times, by {paths}, and not alike: keep one")
        problems = _few([candidate.problem for candidate in peers if candidate.problem])
        return _("; ").join([fact.format(file=exercise.path, n=len(peers), paths=paths), *problems])


def _grouped(ranked: Iterable[tuple[tuple[int, ...], T]]) -> Iterator[list[T]]:
    """Things of equal rank, the lowest first."""
    ordered = sorted(ranked, key=lambda pair: pair[0])
    for _rank, pairs in groupby(ordered, key=lambda pair: pair[0]):
        yield [thing for _same, thing in islice(pairs, MAX_PEERS)]


def _is_no_answer(candidate: _Candidate, symbol: str) -> bool:
    """Whether a candidate cannot be read, or nobody has begun it."""
    if candidate.source is None:
        return True
    text = candidate.source.text
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # "\d" in a learner's string is no concern of whoever grades
            return not text.strip() or (len(text) <= _LONGEST_STUB and is_untouched(text, symbol))
    except (SyntaxError, ValueError, RecursionError, MemoryError):  # begun, if not well
        return False


def _few(texts: Sequence[str]) -> list[str]:
    more = len(texts) - SAID_ALOUD
    return [*texts[:SAID_ALOUD], *([_("and {n} more of the kind").format(n=more)] if more > 0 else [])]
