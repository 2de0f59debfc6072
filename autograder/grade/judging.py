"""Turn observations into a verdict for each property, with a minimal counterexample for what fails."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

from autograder.grade.looks import Look, Sight, undecidable, with_tolerance
from autograder.grade.plan import Graded, Plan, PlannedFamily, expect_probe, make_chunk
from autograder.grade.reasons import completed, reason
from autograder.grade.session import Session
from autograder.language import _
from autograder.oracle import SINGLE, Expected
from autograder.properties import Check, Property
from autograder.properties.compare import in_single_precision
from autograder.properties.options import OPTIONS
from autograder.result import Counterexample, Mismatch, PropertyResult, Verdict
from autograder.sandbox import WorkerLost
from autograder.strategies.packing import pack, part_of
from autograder.strategies.paste import paste
from autograder.strategies.probe import Probe
from autograder.strategies.sweeps import SWEEP, TAIL, halves
from autograder.submission import Source
from autograder.worker.case import TOO_MANY_CALLS, Observation

_OF_LOOPS = frozenset({"elementwise", "vectorised"})
_PLAIN = frozenset({"values", "gradients"})
_ENDED = frozenset({Verdict.CRASH, Verdict.TIMEOUT})
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
        source: the submission's, whose lines are quoted.
        seed: the run's, for the command that repeats a failure.
        attempts: calls that shrinking one failure may take.

    """

    def __init__(self, plan: Plan, session: Session, source: Source, *, seed: int, attempts: int) -> None:
        self._plan = plan
        self._session = session
        self._source = source
        self._seed = seed
        self._attempts = attempts
        self.quoted = False  # whether a message holds lines of the source, or has been chosen by them
        self._shown: dict[str, Probe] = {}  # by the property that it breaks
        self._enders: dict[Probe, Probe] = {}  # several properties read one pack
        self._told = False  # that plain values or gradients are wrong
        self._least = 0.0  # the tolerance of the precision that the answer has, where that is less than a case's dtype

    def results(self, *looks: Look) -> tuple[PropertyResult, ...]:
        """A result for every property, in the plan's order, from what was seen: on the plan's cases, and on others."""
        verdicts: dict[str, Verdict] = {}
        results = {}
        self._least = self._tolerance_of_the_answer(looks)
        for graded in sorted(self._plan.properties, key=lambda graded: _turn(graded.property)):
            result = results[graded] = self._result(graded, looks, verdicts)
            verdicts[graded.property.name] = result.verdict
            self._told |= graded.property.name in _PLAIN and result.verdict is not Verdict.PASS
        return self._with_printed([results[graded] for graded in self._plan.properties])

    def _with_printed(self, results: list[PropertyResult]) -> tuple[PropertyResult, ...]:
        """The results, the first counterexample with what the answer prints there: a learner looks into it by print."""
        place = next((place for place, result in enumerate(results) if result.counterexample), None)
        if place is not None and "print" in self._source.text:
            result, case = results[place], results[place].counterexample
            printed = self._session.printed(self._shown[result.name].cases)
            if case is not None and printed.strip():
                case = case.model_copy(update={"printed": printed})
                results[place] = result.model_copy(update={"counterexample": case})
        return tuple(results)

    def _result(self, graded: Graded, looks: Sequence[Look], verdicts: Mapping[str, Verdict]) -> PropertyResult:
        item = graded.property
        broken = [name for name in item.needs if verdicts.get(name, Verdict.PASS) is not Verdict.PASS]
        if broken:
            message = _("first make {names} pass").format(names=_(" and ").join(broken))
            return property_result(graded, Verdict.SKIPPED, message=message)
        if undecidable(self._plan.families[item.reads]):
            return property_result(graded, Verdict.UNDECIDED, message=_("this torch cannot simulate an accelerator"))
        if not any(look.count(item) for look in looks):
            return property_result(graded, Verdict.ERROR, message=_("no case was drawn; this is a fault of the kit"))
        without = _broken_options(verdicts) - {item.name}
        cases = sum(look.count(item, without) for look in looks)
        if not cases:
            message = _("first make {names} pass").format(names=_(" and ").join(sorted(without)))
            return property_result(graded, Verdict.SKIPPED, message=message)
        for look in looks:
            for sight in chain(look.of(item, without), look.elsewhere(item, without)):
                result = self._broken(graded, sight, cases, verdicts)
                if result is not None:
                    return result
        return property_result(graded, Verdict.PASS, cases)

    def _tolerance_of_the_answer(self, looks: Sequence[Look]) -> float:
        """That of float32 for an answer that has computed in float32 where it is asked in float64; else 0.

        Its numbers are float32's then, and right to their digits. `precision` says so and takes its points; everything
        else is judged within the precision that the answer has.
        """
        known = {graded.property.name: graded.property for graded in self._plan.properties}
        if not known.keys() >= {"values", "precision"}:
            return 0.0
        wrong = 0
        for sight in (sight for look in looks for sight in look.of(known["values"])):
            if sight.item.judge(sight.check(self._plan)) is not None:
                wrong += 1
                if not all(map(in_single_precision, sight.actual)):
                    return 0.0
                if sight.item.judge(sight.check(self._plan, SINGLE)) is not None:
                    return 0.0
        return SINGLE if wrong else 0.0

    def _broken(
        self, graded: Graded, sight: Sight, cases: int, verdicts: Mapping[str, Verdict]
    ) -> PropertyResult | None:
        """The result of a property that does not hold there; None where it does."""
        probe = sight.probe
        if probe.label in (SWEEP, TAIL) and _loops(sight.actual[0], verdicts):
            return None
        lost = next((observation for observation in sight.actual if observation.lost), None)
        if lost is not None and graded.property.elsewhere is not None and self._has_ended_elsewhere(verdicts):
            return None  # it is judged by all other cases
        if lost is not None and lost.lost is not None:
            verdict = Verdict(lost.lost)
            ender = self._ender(sight.item, sight.family, probe) if verdict is Verdict.CRASH else probe
            call = self._counterexample(graded.property, Failure(ender, _no_answer(lost)))
            return property_result(graded, verdict, cases, lost.detail, call)
        mismatch = sight.item.judge(sight.check(self._plan, self._least, told=self._told))
        return None if mismatch is None else self._failed(graded, sight, mismatch, cases)

    def _has_ended_elsewhere(self, verdicts: Mapping[str, Verdict]) -> bool:
        """Whether plain inputs are answered, and what ends the process has cost its points."""
        return not self._told and not _ENDED.isdisjoint(verdicts.values())

    def _failed(self, graded: Graded, sight: Sight, mismatch: Mismatch, cases: int) -> PropertyResult:
        item, family, expected = sight.item, sight.family, sight.expected
        failure = Failure(sight.probe, mismatch)
        verdict = Verdict.FAIL
        try:
            again = self._judge_again(item, failure.probe, expected)
        except _SearchEnded:
            again = failure.mismatch
        if again is None:
            verdict = Verdict.FLAKY
        else:
            failure = self._shrunk(item, family, failure)
        counterexample = self._counterexample(item, failure)
        message = completed(failure.mismatch, self._plan.exercise, self._source)
        self.quoted |= message != failure.mismatch.message
        if verdict is Verdict.FLAKY:
            message += _("; called again, it was right: is there a random number or something remembered?")
        result = property_result(graded, verdict, cases, message, counterexample)
        return result.model_copy(update={"why": reason(item, failure.mismatch)})

    def _shrunk(self, item: Property, family: PlannedFamily, failure: Failure) -> Failure:
        """The smallest failure that can be found from this one."""
        found = {failure.probe: failure.mismatch}

        def fails(probe: Probe) -> bool:
            mismatch = self._judge_again(item, probe)
            if mismatch is not None:
                found[probe] = mismatch
            return mismatch is not None

        element = failure.mismatch.element  # whose part is one call, instead of two for every half
        suspect = None if element is None else part_of(failure.probe, element)
        smallest = self._smallest(item, family, failure.probe, fails, () if suspect is None else (suspect,))
        return Failure(smallest, found[smallest])

    def _ender(self, item: Property, family: PlannedFamily, probe: Probe) -> Probe:
        """The smallest probe that ends the process by itself that can be found from a lost one."""
        if probe not in self._enders:
            self._enders[probe] = self._smallest(
                item, family, probe, lambda part: self._session.ends(make_chunk(part.cases, ()))
            )
        return self._enders[probe]

    def _smallest(
        self,
        item: Property,
        family: PlannedFamily,
        probe: Probe,
        fails: Callable[[Probe], bool],
        suspects: Sequence[Probe] = (),
    ) -> Probe:
        """The part of a pack that fails by itself, the suspects first, as small as it can be drawn.

        As small a pack as fails where no part does; a fixed probe is minimal as it stands.
        """

        def found(part: Probe) -> bool:
            nonlocal probe
            failed = fails(part)
            probe = part if failed else probe
            return failed

        try:
            any(found(part) for part in suspects)
            while any(found(half) for half in self._halves(item, probe)):
                pass
            if probe.origin is not None:
                self._search(item, family, probe.origin, found)
        except _SearchEnded:
            pass
        return probe

    def _halves(self, item: Property, probe: Probe) -> Sequence[Probe]:
        """A pack or a sweep in two; nothing where it is a single probe."""
        if not probe.parts:
            return halves(probe)
        family, half = self._plan.strategies()[item.reads], len(probe.parts) // 2
        return pack(family, probe.parts[:half]), pack(family, probe.parts[half:])

    def _search(self, item: Property, family: PlannedFamily, origin: int, fails: Callable[[Probe], bool]) -> None:
        from autograder.strategies.drawing import minimal  # Hypothesis

        strategy = self._plan.strategies()[item.reads].strategies[origin]
        if item.selects is not None:
            strategy = strategy.filter(item.selects)
        with _SEARCHING:
            minimal(strategy, fails, seed=family.seed, attempts=self._attempts)

    def _judge_again(
        self, item: Property, probe: Probe, expected: tuple[Expected, ...] | None = None
    ) -> Mismatch | None:
        expected = expected or expect_probe(self._plan.exercise, probe)
        chunk = make_chunk(probe.cases, expected)
        try:
            actual = self._session.ask(chunk)[:]
        except WorkerLost as error:
            raise _SearchEnded from error
        return item.judge(
            Check(self._plan.exercise, probe, actual, with_tolerance(expected, self._least), told=self._told)
        )

    def _counterexample(self, item: Property, failure: Failure) -> Counterexample:
        exercise, mismatch = self._plan.exercise, failure.mismatch
        self._shown[item.name] = failure.probe
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


def _turn(item: Property) -> int:
    """When a property is judged: what others depend on comes first, and what is judged by all cases comes last.

    Options, so that nothing else is judged by one that is missing; then whether it loops over elements, which is no
    reason why a sweep should cost anything besides; then plain values and gradients.
    """
    ranks = (OPTIONS, _OF_LOOPS, _PLAIN)
    turn = next((turn for turn, names in enumerate(ranks) if item.name in names), len(ranks))
    return turn + (item.elsewhere is not None)


def _broken_options(verdicts: Mapping[str, Verdict]) -> frozenset[str]:
    """Options that have cost their own points, so that no other property is judged by them.

    Where plain values are wrong, options are not the reason.
    """
    broken = frozenset(name for name, verdict in verdicts.items() if verdict is not Verdict.PASS)
    return broken & OPTIONS if broken.isdisjoint(_PLAIN) else frozenset()


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


def _loops(seen: Observation, verdicts: Mapping[str, Verdict]) -> bool:
    """Whether a call was too long to be told because of a loop over elements, which has cost its own points."""
    too_long = seen.raised is not None and seen.raised.type == TOO_MANY_CALLS
    return too_long and any(verdicts.get(name, Verdict.PASS) is not Verdict.PASS for name in _OF_LOOPS)
