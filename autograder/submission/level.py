"""Whether a folder is a class: neither one learner's, a level too low, nor one of classes, a level too high."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from autograder.course import FILE_NAME, Course
from autograder.errors import SubmissionError, UsageError
from autograder.language import _, few
from autograder.submission.archive import list_archive
from autograder.submission.files import Entry, list_file, list_folder
from autograder.submission.naming import ARCHIVE, HOME, Names, Place, level, without_the_kits
from autograder.submission.reading import MAX_ARCHIVE
from autograder.submission.source import printable


class Level:
    """Looks into the entries of a folder, as far as it takes to tell.

    Args:
        folder: what the command was given.
        learners: the paths of each learner's entries.
        loose: names of the files that are no learner's.
        course: whose files are looked for.

    """

    def __init__(
        self, folder: Path, learners: Mapping[str, Sequence[Path]], loose: Iterable[str], course: Course
    ) -> None:
        self._folder = printable(str(folder))
        self._learners = learners
        self._loose = frozenset(loose)
        self._course = course
        self._names = Names(course.exercises)
        self._own = {HOME, *(exercise.unit for exercise in course.exercises)}

    def require_class(self) -> set[str]:
        """The learners that are none, but a unit's folder beside them; UsageError where the level is wrong."""
        units = {name for name in self._learners if name in self._own and self._is_part_of_a_learner(name)}
        copy = FILE_NAME in self._loose and HOME in units
        all_own = bool(self._learners) and self._learners.keys() <= self._own
        if copy or all_own or len(units) > self._working(units, len(units)):
            raise self._too_low(units or self._learners)
        files = {name for name in self._loose if self._own_places((name,))}
        if len(files) > self._working(units, len(files)):
            raise self._too_low(files)
        self._require_learners(units)
        return units

    def _is_part_of_a_learner(self, name: str) -> bool:
        """Whether a folder holds what ``activations`` or ``exercises`` of a learner would."""
        return any(self._own_places((name, *parts)) for parts in self._work(name))

    def _own_places(self, parts: tuple[str, ...]) -> bool:
        """Whether a path is one that a learner's own folder would hold, without folders around it."""
        return any(place < Place.RENAMED and level(parts, place) == 0 for _e, place in self._names.meant(parts))

    def _working(self, units: set[str], enough: int) -> int:
        """How many learners besides those have handed in files of the course; counted as far as it matters."""
        found = 0
        for name in self._learners:
            if found == enough:
                break
            found += name not in units and bool(self._work(name))
        return found

    def _require_learners(self, units: set[str]) -> None:
        """UsageError where each that holds work holds several learners' work."""
        classes: dict[str, set[str]] = {}
        for name in self._learners.keys() - units:
            work = self._work(name)
            if work and not (inner := self._learners_in(work)):
                return
            if work:
                classes[name] = inner
        if classes:
            name, inner = min(classes.items())
            fact = _(
                "folder={folder} holds {name}, and that the folders of several learners ({learners}); "
                "name the folder around those"
            )
            raise UsageError(fact.format(folder=self._folder, name=name, learners=few(sorted(inner))))

    def _learners_in(self, work: Iterable[tuple[str, ...]]) -> set[str]:
        """The folders of which each answers the same exercise with the same right, as one learner's do not."""
        best: dict[str, tuple[tuple[int, int], set[str]]] = {}
        for parts in work:
            if self._own_places(parts):
                return set()
            for exercise, place in self._names.meant(parts):
                rank = (int(place), level(parts, place))
                known, folders = best.get(exercise.name, (rank, set()))
                if rank <= known:
                    best[exercise.name] = (rank, {*folders, parts[0]} if rank == known else {parts[0]})
        most = max((folders for _rank, folders in best.values()), key=len)
        return {printable(name) for name in most} if len(most) > 1 else set()

    def _work(self, learner: str) -> list[tuple[str, ...]]:
        """The paths of the course's files in what a learner handed in, as seen from there."""
        found = [entry for path in self._learners[learner] for entry in self._entries(path)]
        meant = ((entry.parts, self._names.meant(entry.parts)) for entry in found)
        return [parts for parts, places in meant if any(place < Place.RENAMED for _e, place in places)]

    def _entries(self, path: Path) -> Iterator[Entry]:
        if path.is_symlink():
            return
        if path.is_dir():
            yield from without_the_kits(list_folder(path).entries, self._course)
        elif path.name.lower().endswith(ARCHIVE):
            try:
                (file,) = list_file(path).entries
                yield from without_the_kits(list_archive(file.read(MAX_ARCHIVE), file.shown).entries, self._course)
            except SubmissionError:  # said when it is graded
                return

    def _too_low(self, names: Iterable[str]) -> UsageError:
        fact = _("folder={folder} holds {names}, so it is one learner's; name the folder around it")
        return UsageError(fact.format(folder=self._folder, names=few(sorted(names))))
