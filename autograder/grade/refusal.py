"""Why an answer cannot be observed: it is missing, forbidden, not started, no Python, or does not load."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from autograder.course import Exercise
from autograder.errors import SubmissionError
from autograder.grade.naming import nearest_name, signs_advice
from autograder.grade.session import LoadFailed
from autograder.language import _
from autograder.newer_python import GRADING, advice, dotted, newer_name_advice
from autograder.result import Verdict, Violation
from autograder.sandbox import WorkerLost
from autograder.sandbox.newer_syntax import newer_syntax
from autograder.submission import Source, Submission
from autograder.submission.stub import is_untouched
from autograder.torch_names import misspelt_advice
from autograder.worker.rows import Observations


@dataclass(frozen=True, slots=True)
class Refusal:
    """A verdict without a case, and what the learner is told."""

    verdict: Verdict
    message: str
    path: str | None = None  # as the learner knows the file; None where there is none
    violations: tuple[Violation, ...] = ()


def unread(exercise: Exercise, submission: Submission) -> Refusal | None:
    """Why a submission's answer is not run at all, if it is not."""
    if exercise.name in submission.problems:
        return Refusal(Verdict.MISSING, submission.problems[exercise.name])
    if exercise.name not in submission.sources:
        return Refusal(Verdict.MISSING, _("there is no {file}").format(file=exercise.path))
    source = submission.sources[exercise.name]
    try:
        if is_untouched(source.text, exercise.symbol):
            return _not_started(source)
    except SyntaxError as error:
        return Refusal(Verdict.CRASH, _not_python(source, error), source.path)
    except (SubmissionError, RecursionError, MemoryError, ValueError) as error:
        # Only where the course switched the rules off: they find such a source first, and say it better.
        message = _("the file cannot be read: {error}").format(error=error)
        return Refusal(Verdict.CRASH, message, source.path)
    return None


def forbidden(source: Source, violations: Sequence[Violation]) -> Refusal:
    """What breaks a rule, by the first place that does."""
    first = violations[0]
    more = _(" (and {n} more)").format(n=len(violations) - 1) if len(violations) > 1 else ""
    named = first.message.startswith(f"{first.call} ")  # else it is told in words what no list names
    message = (_("{call} is not allowed here").format(call=first.call) if named else first.message) + more
    if first.line is not None:
        message = _("{statement}: {fact}").format(statement=source.where(first.line), fact=message)
    return Refusal(Verdict.FORBIDDEN, message, source.path, tuple(violations))


def unloaded(source: Source, error: LoadFailed | WorkerLost, symbol: str) -> Refusal:
    """What loading the file came to."""
    if isinstance(error, WorkerLost):
        message = _("while the file is loaded, {fact}").format(fact=error.message)
        return Refusal(error.verdict, message, source.path)
    raised = error.raised
    if raised.type == "NameError" and raised.line is None and (found := nearest_name(source.text, symbol)):
        fact = _("the file defines no '{symbol}', but '{found}'; rename that to {symbol}")
        return Refusal(Verdict.CRASH, fact.format(symbol=symbol, found=found), source.path)
    place = "" if raised.line is None else _(" in {place}").format(place=source.where(raised.line))
    message = _("the file cannot be loaded: {error}{place}: {message}").format(
        error=raised.type, place=place, message=raised.message
    )
    message = _with_remedy(message, newer_name_advice(raised.message) or misspelt_advice(raised.message))
    return Refusal(Verdict.CRASH, message, source.path)


def _not_python(source: Source, error: SyntaxError) -> str:
    """What is wrong with a source that this Python cannot read, and what to do where that is known."""
    if (remedy := signs_advice(_line(source, error))) is None and (newer := newer_syntax(source.text)):
        fact = _("{place} is not Python {version}: {error}")
        fact = fact.format(place=source.where(newer.line), version=dotted(GRADING), error=newer.fact)
        return _with_remedy(fact, advice(_("this syntax"), newer.since))
    fact = _("{place} is not Python: {error}").format(place=source.where(error.lineno or 1), error=error.msg)
    return _with_remedy(fact, remedy)


def _with_remedy(fact: str, remedy: str | None) -> str:
    return fact if remedy is None else _("{fact}; {remedy}").format(fact=fact, remedy=remedy)


def _line(source: Source, error: SyntaxError) -> str:
    """The line that is no Python: the error's own text may be a token of it."""
    lines = source.text.splitlines()
    number = error.lineno or 0
    return lines[number - 1] if 0 < number <= len(lines) else error.text or ""


def unimplemented(source: Source, seen: Observations) -> Refusal | None:
    """Whether every call raised NotImplementedError, through whatever helper."""
    found = (outline.facts.raised for outline in seen.outlines)
    if all(raised is not None and "NotImplementedError" in raised.bases for raised in found):
        return _not_started(source)
    return None


def _not_started(source: Source) -> Refusal:
    return Refusal(Verdict.UNIMPLEMENTED, _("not started yet"), source.path)
