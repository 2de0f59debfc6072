"""What an audit says in numbers: shares of mutants killed, by exercise, class, effect, predicate and property."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from autograder.audit.guarded import CATEGORIES
from autograder.audit.mutant import FIRST_ORDER, GUARDED
from autograder.audit.run import ExerciseAudit, Options, Outcome, Status, audit
from autograder.course import Course, Exercise

KINDS = (FIRST_ORDER, GUARDED)


@dataclass(frozen=True)
class Share:
    """How many were killed of those that can be told from the right answer."""

    killed: int
    all: int

    @property
    def percent(self) -> float:
        """100 where there was none to kill."""
        return 100 * self.killed / self.all if self.all else 100.0

    @property
    def rate(self) -> float | None:
        """The share from 0 to 1; None where there was none to kill."""
        return self.killed / self.all if self.all else None

    def __str__(self) -> str:
        return f"{self.killed}/{self.all}" if self.all else "-"


@dataclass(frozen=True)
class Row:
    """A line of a table: a name, and shares by column."""

    name: str
    shares: Mapping[str, Share]


@dataclass(frozen=True)
class Audit:
    """What became of the mutants of a course.

    Args:
        course: its name.
        options: what was asked for.
        exercises: in the course's order.

    """

    course: str
    options: Options
    exercises: tuple[ExerciseAudit, ...]

    def passes(self, threshold: float | None) -> bool:
        """Whether that many per cent of each kind were killed, and no right answer lost points."""
        if threshold is None:
            return True
        return all(self.share(kind).percent >= threshold for kind in KINDS) and not self.lost_rightly_kept()

    def outcomes(self, *statuses: Status) -> list[Outcome]:
        """Of all exercises, those of these statuses, or all."""
        every = [outcome for exercise in self.exercises for outcome in exercise.outcomes]
        return [outcome for outcome in every if not statuses or outcome.status in statuses]

    def share(self, kind: str) -> Share:
        """Of one kind of mutants, over all exercises."""
        return share(outcome for outcome in self.outcomes() if outcome.mutant.kind == kind)

    def by_exercise(self) -> list[Row]:
        """A row an exercise, a column a kind."""
        return [
            Row(exercise.exercise, _columns(exercise.outcomes, KINDS, lambda outcome: outcome.mutant.kind))
            for exercise in self.exercises
        ]

    def by_operator(self) -> list[Row]:
        """First-order mutants: a row an operator, a column an exercise."""
        return self._rows(FIRST_ORDER, [item.exercise for item in self.exercises], lambda found: found.mutant.exercise)

    def coverage(self) -> list[Row]:
        """Guarded mutants: a row a class of predicates, such as dtype or magnitude, a column an effect."""
        return self._rows(GUARDED, CATEGORIES, lambda found: found.mutant.effect)

    def by_predicate(self) -> list[Row]:
        """Guarded mutants: a row a predicate, a column an effect; those where all were killed are left out."""
        found: dict[str, list[Outcome]] = {}
        for outcome in self.outcomes():
            if outcome.mutant.kind == GUARDED and outcome.mutant.group != "conjunction":
                found.setdefault(f"{outcome.mutant.group}: {outcome.mutant.predicate}", []).append(outcome)
        rows = [Row(name, _columns(some, CATEGORIES, lambda item: item.mutant.effect)) for name, some in found.items()]
        return [row for row in rows if any(cell.killed < cell.all for cell in row.shares.values())]

    def killers(self) -> Mapping[str, Counter[str]]:
        """By property: how many mutants it killed, by class of predicate or operator."""
        found: dict[str, Counter[str]] = {}
        for outcome in self.outcomes(Status.KILLED):
            for name in outcome.lost:
                found.setdefault(name, Counter())[outcome.mutant.group] += 1
        return dict(sorted(found.items()))

    def alone(self) -> Counter[str]:
        """By property: the mutants that no other property killed."""
        return Counter(item.lost[0] for item in self.outcomes(Status.KILLED) if len(item.lost) == 1)

    def lost_rightly_kept(self) -> Mapping[str, tuple[str, ...]]:
        """Right answers that lost points: solutions, controls and files of the folder."""
        return {f"{item.exercise}: {name}": lost for item in self.exercises for name, lost in item.accused.items()}

    def _rows(self, kind: str, columns: Sequence[str], column: Callable[[Outcome], str]) -> list[Row]:
        found: dict[str, list[Outcome]] = {}
        for outcome in self.outcomes():
            if outcome.mutant.kind == kind:
                found.setdefault(outcome.mutant.group, []).append(outcome)
        return [Row(name, _columns(some, columns, column)) for name, some in found.items()]


def audited(course: Course, exercises: Sequence[Exercise], options: Options, jobs: int = 1) -> Audit:
    """Audit these exercises of a course."""
    return Audit(course.name, options, tuple(audit(course, exercises, options, jobs)))


def share(outcomes: Iterable[Outcome]) -> Share:
    """How many were killed, of those killed or survived: equivalents and those refused count for neither side."""
    statuses = Counter(outcome.status for outcome in outcomes)
    return Share(statuses[Status.KILLED], statuses[Status.KILLED] + statuses[Status.SURVIVED])


def _columns(
    outcomes: Iterable[Outcome], columns: Sequence[str], column: Callable[[Outcome], str]
) -> Mapping[str, Share]:
    every = list(outcomes)
    return {name: share(outcome for outcome in every if column(outcome) == name) for name in columns}
