"""Grade the mutants of a course, and say of each what became of it."""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field, replace
from enum import StrEnum
from multiprocessing import get_context
from pathlib import Path

from autograder.audit.equivalence import Oracle
from autograder.audit.first_order import first_order
from autograder.audit.guarded import control, guarded
from autograder.audit.judge import Judge, open_judge
from autograder.audit.mutant import FIRST_ORDER, GUARDED, Mutant, name_of, sampled
from autograder.audit.original import Solution, load_solution
from autograder.course import Course, Exercise, load_course
from autograder.result import Verdict

RULES = "rules"
"""What a mutant loses, in the place of properties, where it breaks a rule of the course."""

_MAY_LOSE = "# expect: loses "


class Status(StrEnum):
    """What became of a mutant."""

    KILLED = "killed"
    SURVIVED = "survived"
    EQUIVALENT = "equivalent"  # keeps full marks, and the oracle finds no difference either
    REFUSED = "refused"  # breaks a rule of the course, but the oracle finds no difference
    DISPUTED = "disputed"  # loses points, but the oracle finds no difference: one of the two is wrong


@dataclass(frozen=True)
class Options:
    """What to audit.

    Args:
        kinds: FIRST_ORDER, GUARDED or both.
        sample: at most this many mutants of each kind and exercise; None for all.
        seed: draws the cases of the grader, and the sample.
        right: a folder of right answers, ``<exercise>/<name>.py``; the first line of one that is right but for some
            properties says so, as in the kit's own bank: ``# expect: loses accuracy, nan``.
        results: a results.json with what another build said of the mutants that `write` wrote; grades none here.

    """

    seed: int
    kinds: tuple[str, ...] = (FIRST_ORDER, GUARDED)
    sample: int | None = None
    right: Path | None = None
    results: Path | None = None


@dataclass(frozen=True)
class Outcome:
    """What became of one mutant.

    Args:
        mutant: which.
        status: in a word.
        lost: the properties that it lost beyond those that its control lost.
        score: of the exercise's points.
        difference: what the oracle sees first; None for nothing.

    """

    mutant: Mutant
    status: Status
    lost: tuple[str, ...]
    score: float
    difference: str | None


@dataclass(frozen=True)
class ExerciseAudit:
    """What became of an exercise's mutants.

    Args:
        exercise: its name.
        solution: its text.
        outcomes: of each mutant.
        accused: right answers that lost points, and the properties they lost: controls, and files that were named.
        properties: all of the exercise's.

    """

    exercise: str
    solution: str
    outcomes: tuple[Outcome, ...]
    accused: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    properties: tuple[str, ...] = ()

    def idle(self) -> tuple[str, ...]:
        """The properties that killed no mutant."""
        busy = {name for outcome in self.outcomes if outcome.status is Status.KILLED for name in outcome.lost}
        return tuple(name for name in self.properties if name not in busy)


def mutants_of(course: Course, exercise: Exercise, options: Options) -> list[Mutant]:
    """The mutants of an exercise that these options ask for."""
    solution = load_solution(course, exercise)
    makers = {FIRST_ORDER: first_order, GUARDED: guarded}
    return [
        mutant for kind in options.kinds for mutant in sampled(makers[kind](solution), options.sample, options.seed)
    ]


def audit(course: Course, exercises: Sequence[Exercise], options: Options, jobs: int = 1) -> list[ExerciseAudit]:
    """Grade every mutant of these exercises; the same whatever ``jobs`` is."""
    tasks = [(course.path, exercise.name, options, part, jobs) for exercise in exercises for part in range(jobs)]
    if jobs == 1:
        parts = [_part(*task) for task in tasks]
    else:
        with ProcessPoolExecutor(jobs, mp_context=get_context("spawn")) as pool:
            parts = list(pool.map(_part, *zip(*tasks, strict=True)))
    return [_joined(parts[start : start + jobs]) for start in range(0, len(parts), jobs)]


def write_mutants(course: Course, exercises: Sequence[Exercise], options: Options, folder: Path) -> int:
    """Write every mutant, its control and each solution as a learner's work, for `autograder grade` of any build.

    Returns:
        How many there are.

    """
    texts: dict[str, tuple[Exercise, str]] = {}
    for exercise in exercises:
        solution = load_solution(course, exercise)
        mutants = mutants_of(course, exercise, options)
        asked = dict.fromkeys(mutant.predicate for mutant in mutants if mutant.predicate)
        written = [mutant.text for mutant in mutants] + [control(solution, predicate).text for predicate in asked]
        written += [text for _, text, _ in _right_answers(solution, options)]
        texts |= {name_of(exercise.name, text): (exercise, text) for text in written}
    for name, (exercise, text) in texts.items():
        path = folder / name / exercise.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="\n")
    return len(texts)


def _part(path: Path, name: str, options: Options, part: int, parts: int) -> ExerciseAudit:
    """Every ``parts``-th mutant of an exercise, from ``part`` on."""
    course = load_course(path)
    exercise = course.exercise(name)
    solution = load_solution(course, exercise)
    chosen = mutants_of(course, exercise, options)[part::parts]
    predicates = list(dict.fromkeys(mutant.predicate for mutant in chosen if mutant.predicate))
    with warnings.catch_warnings(), open_judge(course, exercise, options) as judge:
        warnings.simplefilter("ignore")  # of torch, about what mutants do
        oracle = Oracle(solution, predicates)
        right = {text: judge.graded(control(solution, text).text).lost for text in predicates}
        outcomes = tuple(outcome_of(mutant, judge, oracle, right.get(mutant.predicate, ())) for mutant in chosen)
        accused = {f"asks whether {text}": lost for text, lost in right.items() if lost}
        for where, text, allowed in _right_answers(solution, options)[part::parts]:
            if lost := tuple(name for name in judge.graded(text).lost if name not in allowed):
                accused[where] = lost
    return ExerciseAudit(name, solution.text, outcomes, accused, tuple(exercise.properties))


def _right_answers(solution: Solution, options: Options) -> list[tuple[str, str, frozenset[str]]]:
    """Where each stands, its text, and the properties that it may lose; the solution last, after all mutants."""
    found = []
    for path in sorted((options.right / solution.exercise.name).glob("*.py")) if options.right else ():
        text = path.read_text(encoding="utf-8")
        first = text.partition("\n")[0]
        named = first.removeprefix(_MAY_LOSE).split(",") if first.startswith(_MAY_LOSE) else []
        found.append((f"{path.parent.name}/{path.name}", text, frozenset(name.strip() for name in named)))
    return [*found, (f"solutions/{solution.exercise.path}", solution.text, frozenset())]


def _joined(parts: Sequence[ExerciseAudit]) -> ExerciseAudit:
    """One audit of parts that took turns."""
    longest = max(len(part.outcomes) for part in parts)
    outcomes = [part.outcomes[at] for at in range(longest) for part in parts if at < len(part.outcomes)]
    accused = {name: lost for part in parts for name, lost in part.accused.items()}
    return replace(parts[0], outcomes=tuple(outcomes), accused=accused)


def outcome_of(mutant: Mutant, judge: Judge, oracle: Oracle, control_lost: Sequence[str]) -> Outcome:
    """What became of a mutant, whose control loses some properties by itself."""
    difference = oracle.difference(mutant.text, mutant.predicate)
    graded = judge.graded(mutant.text)
    lost = tuple(name for name in graded.lost if name not in control_lost)
    if graded.verdict == Verdict.FORBIDDEN:
        lost = (RULES,)
        status = Status.REFUSED if difference is None else Status.KILLED
    elif lost:
        status = Status.DISPUTED if difference is None else Status.KILLED
    else:
        status = Status.EQUIVALENT if difference is None else Status.SURVIVED
    return Outcome(mutant, status, lost, graded.score, difference)
