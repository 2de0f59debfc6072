"""Turn observations into a verdict for each property, with a minimal counterexample for what fails."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from autograder.grade.plan import Graded, Plan, PlannedFamily, expect_probe, make_chunk
from autograder.grade.reasons import reason
from autograder.grade.session import Session
from autograder.language import _
from autograder.oracle import Expected
from autograder.properties import Check, Part, Property
from autograder.result import Counterexample, Mismatch, PropertyResult, Verdict
from autograder.sandbox import WorkerLost
from autograder.strategies.packing import pack, part_of
from autograder.strategies.paste import paste
from autograder.strategies.probe import Probe
from autograder.worker.accelerator import available
from autograder.worker.case import SIMULATED, Observation
from autograder.worker.rows import Observations

_SEARCHING = threading.Lock()  # Hypothesis keeps state a process wide while it searches


@dataclass(frozen=True, slots=True, eq=False)
class Failure:
    """A probe that breaks a property, and why."""

    probe: Probe
    mismatch: Mismatch


class _SearchEnded(BaseException):
    """The worker was lost during a search: leave it at once, with the best failure so far."""


class Judge:
    """Judges one exercise of one submission.

    Args:
        plan: the exercise's cases and references.
        session: to observe again what fails.
        seed: the run's, for the command that repeats a failure.
        attempts: calls that shrinking one failure may take.

    """

    def __init__(self, plan: Plan, session: Session, *, seed: int, attempts: int) -> None:
        self._plan = plan
        self._session = session
        self._seed = seed
        self._attempts = attempts

    def results(self, seen: Observations) -> tuple[PropertyResult, ...]:
        """A result for every property, in the plan's order, from what was seen on all cases of the plan."""
        agreed = self._plan.yardstick.agreed(seen)
        verdicts: dict[str, Verdict] = {}
        results = []
        for graded in self._plan.properties:
            result = self._result(graded, seen, agreed, verdicts)
            verdicts[graded.property.name] = result.verdict
            results.append(result)
        return tuple(results)

    def _result(
        self, graded: Graded, seen: Observations, agreed: Sequence[Part], verdicts: Mapping[str, Verdict]
    ) -> PropertyResult:
        item = graded.property
        broken = [name for name in item.needs if verdicts.get(name, Verdict.PASS) is not Verdict.PASS]
        if broken:
            message = _("first make {names} pass").format(names=_(" and ").join(broken))
            return property_result(graded, Verdict.SKIPPED, message=message)
        family = self._plan.families[item.reads]
        if _undecidable(family):
            return property_result(graded, Verdict.UNDECIDED, message=_("this torch cannot simulate an accelerator"))
        chosen = [index for index, probe in enumerate(family.probes) if item.selects is None or item.selects(probe)]
        cases = sum(family.probes[index].count for index in chosen)
        for index in chosen:
            place = family.places[index]
            if item.compares and all(item.compares in part for part in agreed[place]):
                continue
            probe, actual = family.probes[index], seen[place]
            lost = next((observation for observation in actual if observation.lost), None)
            if lost is not None and lost.lost is not None:
                call = self._counterexample(item, Failure(probe, _no_answer(lost)))
                return property_result(graded, Verdict(lost.lost), cases, lost.detail, call)
            expected = family.expected[index]
            mismatch = item.judge(Check(self._plan.exercise, probe, actual, expected))
            if mismatch is not None:
                return self._failed(graded, family, Failure(probe, mismatch), expected, cases)
        if not chosen:
            return property_result(graded, Verdict.ERROR, message=_("no case was drawn; this is a fault of the kit"))
        return property_result(graded, Verdict.PASS, cases)

    def _failed(
        self, graded: Graded, family: PlannedFamily, failure: Failure, expected: tuple[Expected, ...], cases: int
    ) -> PropertyResult:
        item = graded.property
        verdict = Verdict.FAIL
        try:
            again = self._judge_again(item, failure.probe, expected)
        except _SearchEnded:
            again = failure.mismatch
        if again is None:
            verdict = Verdict.FLAKY
        else:
            failure = self._unpacked(item, failure)
            if failure.probe.origin is not None:
                failure = self._shrunk(item, family, failure)
        counterexample = self._counterexample(item, failure)
        message = failure.mismatch.message
        if verdict is Verdict.FLAKY:
            message += _("; called again, it was right: is there a random number or something remembered?")
        result = property_result(graded, verdict, cases, message, counterexample)
        return result.model_copy(update={"why": reason(item, failure.mismatch)})

    def _unpacked(self, item: Property, failure: Failure) -> Failure:
        """The part of a pack that fails by itself, the first of them; as small a pack as fails where none does."""
        try:
            failure = self._suspected(item, failure) or failure
            while parts := failure.probe.parts:
                family, half = self._plan.strategies()[item.reads], len(parts) // 2
                for probe in (pack(family, parts[:half]), pack(family, parts[half:])):
                    mismatch = self._judge_again(item, probe)
                    if mismatch is not None:
                        failure = Failure(probe, mismatch)
                        break
                else:
                    break
        except _SearchEnded:
            pass
        return failure

    def _suspected(self, item: Property, failure: Failure) -> Failure | None:
        """The part that gave the first wrong number, if it fails by itself: one call instead of two for every half."""
        element = failure.mismatch.element
        part = None if element is None else part_of(failure.probe, element)
        mismatch = None if part is None else self._judge_again(item, part)
        return None if part is None or mismatch is None else Failure(part, mismatch)

    def _shrunk(self, item: Property, family: PlannedFamily, failure: Failure) -> Failure:
        assert failure.probe.origin is not None  # noqa: S101  # a fixed probe is minimal as it stands
        from autograder.strategies.drawing import minimal  # Hypothesis

        best = failure

        def fails(probe: Probe) -> bool:
            nonlocal best
            mismatch = self._judge_again(item, probe)
            if mismatch is None:
                return False
            best = Failure(probe, mismatch)
            return True

        strategy = self._plan.strategies()[item.reads].strategies[failure.probe.origin]
        if item.selects is not None:
            strategy = strategy.filter(item.selects)
        try:
            with _SEARCHING:
                minimal(strategy, fails, seed=family.seed, attempts=self._attempts)
        except _SearchEnded:
            pass
        return best

    def _judge_again(
        self, item: Property, probe: Probe, expected: tuple[Expected, ...] | None = None
    ) -> Mismatch | None:
        expected = expected or expect_probe(self._plan.exercise, probe)
        chunk = make_chunk(probe.cases, expected)
        try:
            actual = self._session.ask(chunk)[:]
        except WorkerLost as error:
            raise _SearchEnded from error
        return item.judge(Check(self._plan.exercise, probe, actual, expected))

    def _counterexample(self, item: Property, failure: Failure) -> Counterexample:
        exercise, mismatch = self._plan.exercise, failure.mismatch
        return Counterexample(
            # An exception too: a change in place raises only where the input requires a gradient.
            call=paste(
                exercise,
                failure.probe,
                gradient=mismatch.of_gradient or mismatch.aspect == "exception",
            ),
            actual=mismatch.actual,
            expected=mismatch.expected,
            difference=mismatch.difference,
            replay=f"autograder check {exercise.name} --property {item.name} --seed {self._seed}",
        )


def property_result(
    graded: Graded,
    verdict: Verdict,
    cases: int = 0,
    message: str | None = None,
    counterexample: Counterexample | None = None,
) -> PropertyResult:
    """A result with the points that its verdict earns; what could not be decided costs nothing."""
    item = graded.property
    earned = graded.hundredths if verdict in (Verdict.PASS, Verdict.UNDECIDED) else 0
    return PropertyResult(
        name=item.name,
        tier=item.tier,
        title=_(item.title),
        why=_(item.why),
        verdict=verdict,
        score=earned / 100,
        max_score=graded.hundredths / 100,
        cases=cases,
        message=message,
        counterexample=counterexample,
    )


def _no_answer(lost: Observation) -> Mismatch:
    return Mismatch(aspect="lost", message=lost.detail or "", actual=_("no answer"), expected=_("a result"))


def _undecidable(family: PlannedFamily) -> bool:
    """Whether the family's cases need a device that cannot be had; asked here, not of the worker."""
    if not any(case.device == SIMULATED for probe in family.probes for case in probe.cases):
        return False
    return not available()
