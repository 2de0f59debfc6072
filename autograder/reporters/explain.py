"""What hosts that know nothing of our verdicts are told of a property: an outcome, a line, and the whole story."""

from collections.abc import Iterator
from enum import StrEnum

from autograder.reporters.text import WORDS, clip, plain, plain_line
from autograder.result import Counterexample, ExerciseResult, PropertyResult, Tier, Verdict

_LABEL = 12
_ALONE = {Verdict.SKIPPED, Verdict.UNDECIDED, Verdict.ERROR, Verdict.UNIMPLEMENTED}  # a line says it all


class Outcome(StrEnum):
    """What JUnit, pytest and their like can say; whatever costs the learner points is a failure there."""

    PASS = "pass"  # noqa: S105  # no password
    FAIL = "fail"
    SKIP = "skip"
    ERROR = "error"


_OUTCOMES = {Verdict.PASS: Outcome.PASS, Verdict.UNDECIDED: Outcome.SKIP, Verdict.ERROR: Outcome.ERROR}


def outcome(verdict: Verdict) -> Outcome:
    """The outcome of a verdict; a property that waits for another one has failed: a skip would hide lost points."""
    return _OUTCOMES.get(verdict, Outcome.FAIL)


def headline(exercise: ExerciseResult, result: PropertyResult) -> str:
    """Why a property has its verdict, on one line."""
    told = result.message or (exercise.message if result.verdict is exercise.verdict else None)
    fact = clip(plain_line(told)) if told else ""
    match result.verdict:
        case Verdict.UNIMPLEMENTED:
            return f"not started yet: open {plain_line(exercise.file)} and replace the `raise NotImplementedError`"
        case Verdict.UNDECIDED:
            return f"could not be checked here, and costs nothing{f': {fact}' if fact else ''}"
        case Verdict.ERROR:
            return f"the grader failed, which is its fault and not yours{f': {fact}' if fact else ''}"
        case Verdict.PASS | Verdict.FAIL:
            return fact or plain_line(result.title)
    return f"{WORDS[result.verdict]}: {fact or plain_line(result.title)}"


def explain(exercise: ExerciseResult, result: PropertyResult) -> str:
    """The learner's message in full, as plain text: what fails, the lines to paste, both sides, why, hint, replay."""
    if result.verdict in _ALONE or not (result.message or result.counterexample):
        return "\n".join([headline(exercise, result), *violations(exercise)])
    tier = " (stretch)" if result.tier is Tier.STRETCH else ""
    parts = [f"{plain_line(result.name)}: {WORDS[result.verdict]}{tier}", plain_line(result.title)]
    if result.message:
        parts.append(clip(plain(result.message)))
    if result.counterexample:
        parts += _case(result.counterexample)
    parts += _rows([("why", result.why), ("hint", exercise.hint)])
    if result.counterexample:
        parts += _rows([("replay", result.counterexample.replay)])
    return "\n".join(parts)


def _case(case: Counterexample) -> Iterator[str]:
    yield ""
    yield from (f"    {line}" for line in plain(case.call).splitlines())
    yield ""
    yield from _rows([("yours", case.actual), ("expected", case.expected), ("difference", case.difference)])


def _rows(labelled: list[tuple[str, str | None]]) -> Iterator[str]:
    for label, text in labelled:
        if text:
            first, *rest = clip(plain(text)).splitlines() or [""]
            yield f"{label:<{_LABEL}}{first}"
            yield from (f"{'':<{_LABEL}}{line}" for line in rest)


def violations(exercise: ExerciseResult) -> Iterator[str]:
    """A line for each place that breaks a rule."""
    for violation in exercise.violations:
        where = "when run" if violation.line is None else f"line {violation.line}"
        yield f"{where}: {plain_line(violation.call)}: {clip(plain_line(violation.message))}"
