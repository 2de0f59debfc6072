"""What hosts that know nothing of our verdicts are told of a property: an outcome, a line, and the whole story."""

from collections.abc import Iterator, Sequence
from enum import StrEnum

from autograder.language import _
from autograder.reporters.text import behaviour, clip, pad, plain, plain_line, sides, word
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
            told = _("not started yet: open {file} and replace the `raise NotImplementedError`")
            return told.format(file=plain_line(exercise.file))
        case Verdict.UNDECIDED:
            return _("could not be checked here, and costs nothing") + (f": {fact}" if fact else "")
        case Verdict.ERROR:
            return _("the grader failed, which is its fault and not yours") + (f": {fact}" if fact else "")
        case Verdict.PASS | Verdict.FAIL:
            return fact or plain_line(result.title)
    return f"{word(result.verdict)}: {fact or plain_line(result.title)}"


def explain(exercise: ExerciseResult, result: PropertyResult) -> str:
    """The learner's message in full, as plain text: what fails, the lines to paste, both sides, why, hint, replay."""
    if result.verdict in _ALONE or not (result.message or result.counterexample):
        return "\n".join([headline(exercise, result), *violations(exercise)])
    tier = _(" (stretch)") if result.tier is Tier.STRETCH else ""
    parts = [f"{plain_line(result.name)}: {word(result.verdict)}{tier}", plain_line(result.title)]
    if result.message:
        parts.append(clip(plain(result.message)))
    if result.counterexample:
        parts += _case(result.counterexample)
    parts += _rows([(_("why"), result.why), (_("diagnosis"), behaviour(exercise)), (_("hint"), exercise.hint)])
    if result.counterexample:
        parts += _rows([(_("replay"), result.counterexample.replay)])
    return "\n".join(parts)


def _case(case: Counterexample) -> Iterator[str]:
    yield ""
    yield from (f"    {line}" for line in plain(case.call).splitlines())
    yield ""
    yield from _rows(sides(case))


def _rows(labelled: Sequence[tuple[str, str | None]]) -> Iterator[str]:
    for label, text in labelled:
        if text:
            first, *rest = clip(plain(text)).splitlines() or [""]
            yield pad(label, _LABEL) + first
            yield from (f"{'':<{_LABEL}}{line}" for line in rest)


def violations(exercise: ExerciseResult) -> Iterator[str]:
    """A line for each place that breaks a rule."""
    for violation in exercise.violations:
        where = _("when run") if violation.line is None else _("line {line}").format(line=violation.line)
        yield f"{where}: {plain_line(violation.call)}: {clip(plain_line(violation.message))}"
