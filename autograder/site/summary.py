"""What a class page shows, counted while the reports go by: of a learner only some letters are kept."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from autograder.reporters.text import faulty, passed
from autograder.result import ExerciseResult, PropertyResult, Report, Tier, Verdict

_BINS = 10
_COLUMNS = 40  # of the heatmap; more learners than this are put together in groups
_NAMED = 5  # learners named beside a diagnosis
_HARDEST = 15
# Not crash and timeout: a file that cannot be loaded has them for all properties, and would make each look hard.
_TRIED = frozenset({Verdict.PASS, Verdict.FAIL, Verdict.FLAKY, Verdict.SKIPPED})
_LETTERS = {verdict: index for index, verdict in enumerate(Verdict)}
_VERDICTS = tuple(Verdict)


@dataclass(frozen=True, slots=True)
class Result:
    """An exercise of a learner, in the table of learners."""

    verdict: Verdict
    score: float


@dataclass(frozen=True, slots=True)
class Learner:
    """A row in the table of learners; ``results`` has None where an exercise was not graded."""

    name: str
    page: str
    score: float
    final: bool
    results: tuple[Result | None, ...]


@dataclass(frozen=True, slots=True)
class Cell:
    """A property of one learner or of a group: how many hold it, of how many that tried.

    ``verdict`` is that of a single learner.
    """

    held: int
    tried: int
    verdict: Verdict | None = None

    @property
    def rate(self) -> float | None:
        """The share that holds it, from 0 to 1; None where nobody tried."""
        return self.held / self.tried if self.tried else None


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the heatmap: learners next to each other by score."""

    learners: tuple[Learner, ...]


@dataclass(frozen=True, slots=True)
class Row:
    """A row of the heatmap: a property, in the whole class and in each column."""

    exercise: str
    name: str
    tier: Tier
    title: str
    all: Cell
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """A mistake that several made, by how many, and the first of them."""

    text: str
    exercise: str
    count: int
    some: tuple[Learner, ...]


@dataclass(frozen=True, slots=True)
class Bin:
    """A bar of the distribution of scores, in per cent of all points."""

    low: int
    high: int
    count: int


@dataclass(frozen=True, slots=True)
class Exercise:
    """A column in the table of learners."""

    name: str
    max_score: float
    passed: int
    mean: float


@dataclass(frozen=True, slots=True)
class ClassSummary:
    """All that a class page shows."""

    learners: tuple[Learner, ...]
    max_score: float
    mean: float | None
    passed: int
    exercises: tuple[Exercise, ...]
    bins: tuple[Bin, ...]
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    diagnoses: tuple[Diagnosis, ...]

    @property
    def grouped(self) -> bool:
        """Whether a column of the heatmap is a group of learners."""
        return any(len(column.learners) > 1 for column in self.columns)

    @property
    def hardest(self) -> tuple[Row, ...]:
        """The properties that the fewest hold of those who tried, but for those that all hold."""
        told = [(row.all.rate, row) for row in self.rows if row.all.rate is not None and row.all.rate < 1]
        return tuple(row for _rate, row in sorted(told, key=lambda pair: pair[0])[:_HARDEST])


class Counting:
    """Takes reports one by one."""

    def __init__(self) -> None:
        self._learners: list[Learner] = []
        self._passed = 0
        self._max_score = 0.0
        self._exercises: dict[str, float] = {}
        self._properties: dict[tuple[str, str], tuple[int, PropertyResult]] = {}
        self._letters: dict[str, bytearray] = {}  # by learner: the verdict on each property, one byte each
        self._diagnosed: Counter[tuple[str, str]] = Counter()
        self._some: defaultdict[tuple[str, str], list[Learner]] = defaultdict(list)

    def add(self, report: Report, page: str) -> None:
        """Count a report; ``page`` is where it can be read."""
        for exercise in report.exercises:
            self._exercises.setdefault(exercise.name, exercise.max_score)
        by_name = {exercise.name: exercise for exercise in report.exercises}
        learner = Learner(
            report.learner,
            page,
            report.score,
            not faulty(report),
            tuple(_result(by_name[name]) if name in by_name else None for name in self._exercises),
        )
        self._learners.append(learner)
        self._passed += passed(report)
        self._max_score = max(self._max_score, report.max_score)
        self._letters[report.learner] = letters = bytearray()
        for exercise in report.exercises:
            self._count(exercise, learner, letters)

    def summary(self) -> ClassSummary:
        """What all reports come to."""
        final = [learner.score for learner in self._learners if learner.final]
        columns = self._columns()
        return ClassSummary(
            learners=tuple(map(self._padded, self._learners)),
            max_score=self._max_score,
            mean=sum(final) / len(final) if final else None,
            passed=self._passed,
            exercises=tuple(self._exercise(number, name) for number, name in enumerate(self._exercises)),
            bins=self._bins(final),
            columns=tuple(Column(tuple(group)) for group in columns),
            rows=tuple(self._rows(columns)),
            diagnoses=self._diagnoses(),
        )

    def _count(self, exercise: ExerciseResult, learner: Learner, letters: bytearray) -> None:
        for result in exercise.properties:
            at, _first = self._properties.setdefault((exercise.name, result.name), (len(self._properties), result))
            if at >= len(letters):
                letters.extend(bytes([_LETTERS[Verdict.MISSING]]) * (at + 1 - len(letters)))
            letters[at] = _LETTERS[result.verdict]
        if exercise.diagnosis is not None:
            key = (exercise.diagnosis, exercise.name)
            self._diagnosed[key] += 1
            if len(self._some[key]) < _NAMED:
                self._some[key].append(learner)

    def _padded(self, learner: Learner) -> Learner:
        """With a place for the exercises that only later learners had."""
        missing = len(self._exercises) - len(learner.results)
        return replace(learner, results=learner.results + (None,) * missing)

    def _columns(self) -> list[list[Learner]]:
        ranked = sorted(self._learners, key=lambda learner: -learner.score)
        if len(ranked) <= _COLUMNS:
            return [[learner] for learner in ranked]
        groups = _COLUMNS // 2
        edges = [len(ranked) * group // groups for group in range(groups + 1)]
        return [ranked[low:high] for low, high in pairwise(edges)]

    def _rows(self, columns: Sequence[Sequence[Learner]]) -> list[Row]:
        rows = []
        for (exercise, name), (at, result) in self._properties.items():
            cells = tuple(self._cell(group, at) for group in columns)
            whole = Cell(sum(cell.held for cell in cells), sum(cell.tried for cell in cells))
            rows.append(Row(exercise, name, result.tier, result.title, whole, cells))
        order = list(self._exercises)
        return sorted(rows, key=lambda row: order.index(row.exercise))

    def _cell(self, group: Sequence[Learner], at: int) -> Cell:
        found = [self._verdict(learner, at) for learner in group]
        single = found[0] if len(found) == 1 else None
        return Cell(found.count(Verdict.PASS), sum(verdict in _TRIED for verdict in found), single)

    def _verdict(self, learner: Learner, at: int) -> Verdict:
        letters = self._letters[learner.name]
        return _VERDICTS[letters[at]] if at < len(letters) else Verdict.MISSING

    def _exercise(self, number: int, name: str) -> Exercise:
        found = [learner.results[number] for learner in self._learners if number < len(learner.results)]
        results = [result for result in found if result is not None]
        held = sum(result.verdict is Verdict.PASS for result in results)
        final = [result.score for result in results if result.verdict is not Verdict.ERROR]
        return Exercise(name, self._exercises[name], held, sum(final) / len(final) if final else 0.0)

    def _bins(self, scores: Sequence[float]) -> tuple[Bin, ...]:
        width = 100 // _BINS
        counts = Counter(min(int(_BINS * score / (self._max_score or 1)), _BINS - 1) for score in scores)
        return tuple(Bin(number * width, (number + 1) * width, counts[number]) for number in range(_BINS))

    def _diagnoses(self) -> tuple[Diagnosis, ...]:
        ordered = sorted(self._diagnosed.items(), key=lambda item: (-item[1], item[0]))
        return tuple(
            Diagnosis(text, exercise, count, tuple(self._some[text, exercise])) for (text, exercise), count in ordered
        )


def _result(exercise: ExerciseResult) -> Result:
    return Result(Verdict.ERROR if faulty(exercise) else exercise.verdict, exercise.score)
