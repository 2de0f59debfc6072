"""Grade submissions: sources through the rules, cases through a worker, observations through the properties."""

from __future__ import annotations

import platform
import time
import traceback
from collections.abc import Collection, Iterable, Sequence
from importlib.metadata import version
from pathlib import Path
from types import TracebackType
from typing import Self

from autograder import __version__
from autograder.course import Course, Exercise
from autograder.errors import SandboxError
from autograder.grade import refusal
from autograder.grade.cache import PlanCache
from autograder.grade.diagnosing import diagnosed
from autograder.grade.drive import Graded
from autograder.grade.gate import Closed, Gate
from autograder.grade.judging import Judge, property_result
from autograder.grade.looks import Look
from autograder.grade.plan import Plan, asked_plan, make_plan
from autograder.grade.refusal import Refusal
from autograder.grade.repeats import Repeats, key_of
from autograder.grade.replayer import Replayer
from autograder.grade.session import LoadFailed, NotAllowed, Session
from autograder.language import _, chosen
from autograder.oracle import use_one_thread
from autograder.result import (
    ExerciseResult,
    PropertyResult,
    Report,
    RunInfo,
    Verdict,
)
from autograder.sandbox import Sandbox, WorkerLost
from autograder.sandbox.choice import best_sandbox
from autograder.submission import Source, Submission
from autograder.vocabulary import require_words
from autograder.worker.case import SIMULATED
from autograder.worker.places import without_places

# The verdict of an exercise is the first of these that one of its properties has.
_GRAVITY = (Verdict.ERROR, Verdict.TIMEOUT, Verdict.CRASH, Verdict.FAIL, Verdict.FLAKY)


class Grader:
    """Grades any number of submissions by the same cases; a context manager that ends its workers.

    Args:
        course: what is asked, and the budgets.
        exercises: which of its exercises to grade, in its order.
        seed: draws the cases.
        properties: names of the properties to grade; all when empty.
        sandbox: makes the workers; the best of this system when None.
        cache: keeps the drawn cases for the next grader; without one they are drawn, which takes seconds.

    """

    def __init__(
        self,
        course: Course,
        *,
        exercises: Sequence[Exercise],
        seed: int,
        properties: Collection[str] = (),
        sandbox: Sandbox | None = None,
        cache: PlanCache | None = None,
    ) -> None:
        require_words(course)
        self.course = course
        self.exercises = tuple(exercises)
        self.seed = seed
        self._sandbox = Gate(sandbox or best_sandbox(memory_mb=course.budget.memory_mb, seconds=course.budget.seconds))
        self._sandbox.warm()  # while the cases are drawn
        use_one_thread()
        self._plans = [make_plan(course, exercise, seed, properties, cache) for exercise in exercises]
        self._replayer = Replayer(self._sandbox)
        self._repeats = Repeats()
        self._sandbox.remember([chunk.forms for plan in self._plans for chunk in plan.chunks])

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """End every worker at once; a grading under way, in another thread, is left without a report."""
        self._sandbox.close()

    def graded(self, submission: Submission) -> Graded:
        """Grade every exercise of a submission, and say how long it took."""
        start = time.perf_counter()
        report = self.grade(submission)
        return Graded(submission, report, round(time.perf_counter() - start, 3))

    def grade(self, submission: Submission) -> Report:
        """Grade every exercise of a submission."""
        results = tuple(self._exercise_or_fault(plan, submission) for plan in self._plans)
        if self._sandbox.closed:  # a worker that we ended looks like one that the submission has ended
            raise Closed
        return _report(submission, results)

    def fault(self, submission: Submission, message: str) -> Report:
        """The report of a submission that could not be graded, by a fault of ours."""
        return _report(submission, tuple(_refused(plan, Refusal(Verdict.ERROR, message)) for plan in self._plans))

    def run_info(self) -> RunInfo:
        """What a rerun needs to give the same bytes."""
        return RunInfo(
            seed=self.seed,
            kit=__version__,
            torch=version("torch"),
            python=platform.python_version(),
            hypothesis=version("hypothesis"),
            sandbox=self._sandbox.info(),
            device=SIMULATED,
            language=chosen(),
        )

    def _exercise_or_fault(self, plan: Plan, submission: Submission) -> ExerciseResult:
        try:
            return self._exercise(plan, submission)
        except Exception as error:  # of ours, with one submission: it must not end the class, now and at each retry
            place = traceback.extract_tb(error.__traceback__)[-1]
            message = f"{type(error).__name__}: {str(error)[:500]} ({Path(place.filename).name}:{place.lineno})"
            return _refused(plan, Refusal(Verdict.ERROR, message))

    def _exercise(self, plan: Plan, submission: Submission) -> ExerciseResult:
        refused = refusal.unread(plan.exercise, submission)
        if refused is not None:
            return _refused(plan, refused)
        source = submission.sources[plan.exercise.name]
        try:
            return self._run(plan, source)
        except SandboxError as error:
            return _refused(plan, Refusal(Verdict.ERROR, str(error), source.path))

    def _run(self, plan: Plan, source: Source) -> ExerciseResult:
        result = self._in_session(plan, source, known_again=True)
        if result is None:
            result = self._in_session(plan, source, known_again=False)
        assert result is not None  # noqa: S101  # nothing was known this time
        return result

    def _in_session(self, plan: Plan, source: Source, *, known_again: bool) -> ExerciseResult | None:
        with Session(self._sandbox, self._replayer, plan.exercise, source.text, self.course.budget) as session:
            try:
                session.load()
                self._sandbox.warm()  # the next exercise's worker imports torch while this one answers
            except (LoadFailed, WorkerLost) as error:
                return _refused(plan, refusal.unloaded(source, error, plan.exercise))
            try:
                return self._asked(plan, source, session, known_again=known_again)
            except NotAllowed as error:
                return _refused(plan, refusal.forbidden(source, error.violations))

    def _asked(self, plan: Plan, source: Source, session: Session, *, known_again: bool) -> ExerciseResult | None:
        """The result; None where it seemed to be known, and what was asked besides has been answered otherwise."""
        own = asked_plan(plan, source.text)
        chunks = plan.chunks if own is None else (*plan.chunks, *own.chunks)
        answers = session.record_all(chunks)
        key = key_of(plan.exercise.name, chunks, answers)
        known = self._repeats.find(key) if key is not None and known_again else None
        if known is not None and _fits(known.result, source):
            return known.result.model_copy(update={"file": source.path}) if session.repeats(known) else None
        seen = session.observe_all(plan.chunks, answers[: len(plan.chunks)])
        unimplemented = refusal.unimplemented(source, seen)
        if unimplemented is not None:
            return _refused(plan, unimplemented)
        looks = [Look(plan, seen)]
        if own is not None:
            looks.append(Look(own, session.observe_all(own.chunks, answers[len(plan.chunks) :])))
        judge = Judge(plan, session, source, seed=self.seed, attempts=self.course.budget.search_calls)
        result = diagnosed(plan, _judged(plan, source.path, judge.results(*looks)), seen)
        if key is not None and session.asked is not None and not judge.quoted and _fits(result, source):
            self._repeats.keep(key, result, session.asked)
        return result


def _fits(result: ExerciseResult, source: Source) -> bool:
    """Whether a result can be another source's: what that one prints is told where it fails."""
    return result.verdict is Verdict.PASS or "print" not in source.text


def _report(submission: Submission, results: tuple[ExerciseResult, ...]) -> Report:
    return Report(
        learner=submission.learner,
        sha256=submission.sha256,
        score=_points(result.score for result in results),
        max_score=_points(result.max_score for result in results),
        exercises=results,
        notes=submission.notes,
    )


def _refused(plan: Plan, why: Refusal) -> ExerciseResult:
    """A result for an exercise that could not be observed: every property is listed with the same verdict."""
    properties = tuple(property_result(graded, why.verdict) for graded in plan.properties)
    result = _result(plan, why.path, why.verdict, properties)
    message = without_places(why.message)  # the kit's own exceptions name the files of their machine
    return result.model_copy(update={"message": message, "violations": why.violations})


def _judged(plan: Plan, path: str, properties: tuple[PropertyResult, ...]) -> ExerciseResult:
    found = {item.verdict for item in properties}
    verdict = next((verdict for verdict in _GRAVITY if verdict in found), Verdict.PASS)
    return _result(plan, path, verdict, properties)


def _result(plan: Plan, path: str | None, verdict: Verdict, properties: tuple[PropertyResult, ...]) -> ExerciseResult:
    exercise = plan.exercise
    return ExerciseResult(
        name=exercise.name,
        unit=exercise.unit,
        file=path or exercise.path,
        verdict=verdict,
        score=_points(item.score for item in properties),
        max_score=_points(item.max_score for item in properties),
        hint=None if verdict is Verdict.PASS else _(exercise.hints[0]),
        properties=properties,
    )


def _points(scores: Iterable[float]) -> float:
    """A sum in whole hundredths: 0.1 + 0.2 must not be shown as 0.30000000000000004."""
    return sum(round(score * 100) for score in scores) / 100
