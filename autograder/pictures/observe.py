"""What a learner's function does along a slice, seen from outside: the code runs in the sandbox and nowhere else."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from autograder.course import Course, Exercise
from autograder.grade import refusal
from autograder.grade.plan import Chunk, make_chunk
from autograder.grade.reasons import located
from autograder.grade.refusal import Refusal
from autograder.grade.replayer import Replayer
from autograder.grade.session import LoadFailed, NotAllowed, Session
from autograder.oracle import Expected, expect, use_one_thread
from autograder.pictures.curve import Apart, Blank, Curve, Picture, Point
from autograder.properties import compare
from autograder.result import Mismatch
from autograder.sandbox import Sandbox, WorkerLost
from autograder.strategies.slices import Slice, slice_of
from autograder.submission import Source, Submission
from autograder.worker.case import Case, Observation
from autograder.worker.rows import Observations

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
        self._replayer = Replayer(sandbox)
        self._plans: dict[str, _Plan] = {}
        use_one_thread()

    def of(self, exercise: Exercise, submission: Submission) -> Picture | Blank:
        """The picture of one exercise, or why there is none."""
        refused = refusal.unread(exercise, submission)
        if refused is not None:
            return _blank(exercise, refused)
        return self._observe(exercise, submission.sources[exercise.name])

    def _observe(self, exercise: Exercise, source: Source) -> Picture | Blank:
        plan = self._plans.setdefault(exercise.name, _plan(exercise))
        try:
            with Session(self._sandbox, self._replayer, exercise, source.text, self._course.budget) as session:
                session.load()
                seen = session.observe_all(plan.chunks)
        except NotAllowed as error:
            return _blank(exercise, refusal.forbidden(source, error.violations))
        except (LoadFailed, WorkerLost) as error:
            return _blank(exercise, refusal.unloaded(source, error, exercise))
        unimplemented = refusal.unimplemented(source, seen)
        if unimplemented is not None:
            return _blank(exercise, unimplemented)
        values, gradients = zip(*_points(plan, seen, source), strict=True)
        return Picture(exercise.name, exercise.reference, plan.slice.call, Curve(values), Curve(gradients))


def _blank(exercise: Exercise, why: Refusal) -> Blank:
    return Blank(exercise.name, why.verdict, why.message)


def _plan(exercise: Exercise) -> _Plan:
    chosen = slice_of(exercise)
    expected = tuple(expect(exercise.reference, exercise.family, case) for case in chosen.cases)
    starts = range(0, len(expected), _CHUNK)
    chunks = (make_chunk(chosen.cases[start : start + _CHUNK], expected[start : start + _CHUNK]) for start in starts)
    return _Plan(chosen, expected, tuple(chunks))


def _points(plan: _Plan, seen: Observations, source: Source) -> Iterator[tuple[Point, Point]]:
    chosen = plan.slice
    for x, case, right, actual in zip(chosen.at, chosen.cases, plan.expected, seen, strict=True):
        broken = _broken(actual, right, source)
        yield _value(x, chosen, right, actual, broken), _gradient(x, chosen, case, right, actual, broken)


def _broken(actual: Observation, right: Expected, source: Source) -> Apart | None:
    """Why there is no output of the right shape, if there is none."""
    if actual.lost is not None:
        return Apart(actual.lost, "", actual.detail or actual.lost)
    found = compare.output_of(actual, right)
    return None if found is None else Apart(found.actual, found.expected, located(found, source))


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
