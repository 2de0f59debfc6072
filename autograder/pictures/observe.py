"""What a learner's function does along a slice, seen from outside: the code runs in the sandbox and nowhere else."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from autograder.course import Course, Exercise
from autograder.errors import SubmissionError
from autograder.grade.plan import Chunk, make_chunk
from autograder.grade.session import LoadFailed, Session
from autograder.grade.stub import is_untouched
from autograder.language import _
from autograder.oracle import Expected, expect, use_one_thread
from autograder.pictures.curve import Apart, Blank, Curve, Picture, Point
from autograder.properties import compare
from autograder.result import Mismatch, Verdict
from autograder.rules import check_source
from autograder.sandbox import Sandbox, WorkerLost
from autograder.strategies.slices import Slice, slice_of
from autograder.submission import Source, Submission
from autograder.worker.case import Case, Observation

_CHUNK = 50


@dataclass(frozen=True, slots=True, eq=False)
class _Plan:
    """What is asked of everybody's answer to one exercise."""

    slice: Slice
    expected: tuple[Expected, ...]
    chunks: tuple[Chunk, ...]


class Pictures:
    """Makes pictures of submissions.

    Args:
        course: whose exercises, rules and budgets.
        sandbox: gives the workers; the caller closes it.

    """

    def __init__(self, course: Course, sandbox: Sandbox) -> None:
        self._course = course
        self._sandbox = sandbox
        self._plans: dict[str, _Plan] = {}
        use_one_thread()

    def of(self, exercise: Exercise, submission: Submission) -> Picture | Blank:
        """The picture of one exercise, or why there is none."""
        name = exercise.name
        if name in submission.problems:
            return Blank(name, Verdict.MISSING, submission.problems[name])
        if name not in submission.sources:
            return Blank(name, Verdict.MISSING, _("there is no {path}").format(path=exercise.path))
        source = submission.sources[name]
        return _refused(exercise, source) or self._observe(exercise, source)

    def _observe(self, exercise: Exercise, source: Source) -> Picture | Blank:
        plan = self._plans.setdefault(exercise.name, _plan(exercise))
        try:
            with Session(self._sandbox, exercise, source.text, self._course.budget) as session:
                session.load()
                seen = list(session.observe_all(plan.chunks))
        except LoadFailed as error:
            return Blank(exercise.name, Verdict.CRASH, _cannot_load(source, error))
        except WorkerLost as error:
            said = _("while the file is loaded, {what}").format(what=error.message)
            return Blank(exercise.name, error.verdict, said)
        if all(item.raised is not None and "NotImplementedError" in item.raised.bases for item in seen):
            return Blank(exercise.name, Verdict.UNIMPLEMENTED, _("not started yet"))
        values, gradients = zip(*_points(plan, seen), strict=True)
        return Picture(exercise.name, exercise.reference, plan.slice.call, Curve(values), Curve(gradients))


def _refused(exercise: Exercise, source: Source) -> Blank | None:
    """Why a source is not even run: it is forbidden, no Python, or not started."""
    try:
        violations = check_source(source.text, exercise.rules, exercise.symbol)
        untouched = is_untouched(source.text, exercise.symbol)
    except SyntaxError as error:
        place = source.where(error.lineno or 1)
        said = _("{place} is not Python: {fact}").format(place=place, fact=error.msg)
        return Blank(exercise.name, Verdict.CRASH, said)
    except (SubmissionError, RecursionError, MemoryError, ValueError) as error:
        return Blank(exercise.name, Verdict.CRASH, _("the file cannot be read: {fact}").format(fact=error))
    if untouched:
        return Blank(exercise.name, Verdict.UNIMPLEMENTED, _("not started yet"))
    if violations:
        first = violations[0]
        place = source.where(first.line or 1)
        said = _("{place}: {call} is not allowed here").format(place=place, call=first.call)
        return Blank(exercise.name, Verdict.FORBIDDEN, said)
    return None


def _cannot_load(source: Source, error: LoadFailed) -> str:
    raised = error.raised
    place = "" if raised.line is None else f"{source.where(raised.line)}: "
    return _("the file cannot be loaded: {fact}").format(fact=f"{place}{raised.type}: {raised.message}")


def _plan(exercise: Exercise) -> _Plan:
    chosen = slice_of(exercise)
    expected = tuple(expect(exercise.reference, exercise.family, case) for case in chosen.cases)
    starts = range(0, len(expected), _CHUNK)
    chunks = (make_chunk(chosen.cases[start : start + _CHUNK], expected[start : start + _CHUNK]) for start in starts)
    return _Plan(chosen, expected, tuple(chunks))


def _points(plan: _Plan, seen: list[Observation]) -> Iterator[tuple[Point, Point]]:
    chosen = plan.slice
    for x, case, right, actual in zip(chosen.at, chosen.cases, plan.expected, seen, strict=True):
        broken = _broken(actual, right)
        yield _value(x, chosen, right, actual, broken), _gradient(x, chosen, case, right, actual, broken)


def _broken(actual: Observation, right: Expected) -> Apart | None:
    """Why there is no output of the right shape, if there is none."""
    if actual.lost is not None:
        return Apart(actual.lost, "", actual.detail or actual.lost)
    return _apart(compare.output_of(actual, right))


def _value(x: float, chosen: Slice, right: Expected, actual: Observation, broken: Apart | None) -> Point:
    wanted = right.observation.output
    assert wanted is not None  # noqa: S101  # the reference answers on every slice
    if broken is not None or actual.output is None:
        return Point(x, float(wanted[chosen.output]), None, broken)
    mine = actual.output[chosen.output]
    allowed = right.tolerance * right.scale.expand(wanted.shape)[chosen.output]
    found = compare.numbers("output", mine, wanted[chosen.output], allowed)
    return Point(x, float(wanted[chosen.output]), float(mine), _apart(found))


def _gradient(x: float, chosen: Slice, case: Case, right: Expected, actual: Observation, broken: Apart | None) -> Point:
    wanted = right.observation.gradients[0]
    assert wanted is not None  # noqa: S101  # likewise
    mine = actual.gradients[0] if actual.gradients else None
    if broken is not None or mine is None or mine.shape != wanted.shape:
        return Point(
            x, float(wanted[chosen.moving]), None, broken or _apart(compare.gradient(case, actual, right, position=0))
        )
    allowed = right.tolerance * right.gradient_scales[0][chosen.moving]
    found = compare.numbers("gradient", mine[chosen.moving], wanted[chosen.moving], allowed)
    return Point(x, float(wanted[chosen.moving]), float(mine[chosen.moving]), _apart(found))


def _apart(found: Mismatch | None) -> Apart | None:
    return None if found is None else Apart(found.actual, found.expected, found.message)
