"""Why an answer cannot be observed: it is missing, forbidden, not started, no Python, or does not load."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from dataclasses import dataclass

from autograder.course import Exercise
from autograder.errors import SubmissionError
from autograder.grade.naming import nearest_name, signs_advice
from autograder.grade.reasons import place, with_code, with_remedy
from autograder.grade.session import LoadFailed
from autograder.language import _
from autograder.newer_python import GRADING, advice, dotted
from autograder.remedies import Symptom
from autograder.result import Verdict, Violation
from autograder.sandbox import WorkerLost
from autograder.sandbox.newer_syntax import newer_syntax
from autograder.submission import Source, Submission
from autograder.submission.stub import is_untouched
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


def unloaded(source: Source, error: LoadFailed | WorkerLost, exercise: Exercise) -> Refusal:
    """What loading the file came to."""
    if isinstance(error, WorkerLost):
        message = _("while the file is loaded, {fact}").format(fact=error.message)
        return Refusal(error.verdict, message, source.path)
    raised = error.raised
    symbol = exercise.symbol
    if raised.type == "NameError" and raised.line is None and (found := nearest_name(source.text, symbol)):
        fact = _("the file defines no '{symbol}', but '{found}'; rename that to {symbol}")
        return Refusal(Verdict.CRASH, fact.format(symbol=symbol, found=found), source.path)
    where = "" if raised.line is None else _(" in {place}").format(place=place(source, raised.line))
    message = _("the file cannot be loaded: {error}{place}: {message}").format(
        error=raised.type, place=where, message=raised.message
    )
    symptom = Symptom(f"{raised.type}: {raised.message}", raised.line)
    return Refusal(Verdict.CRASH, with_remedy(message, exercise, source, symptom), source.path)


def _not_python(source: Source, error: SyntaxError) -> str:
    """What is wrong with a source that this Python cannot read, and what to do where that is known."""
    if (remedy := signs_advice(_line(source, error))) is None and (newer := newer_syntax(source.text)):
        fact = _("{place} is not Python {version}: {error}")
        fact = fact.format(place=source.where(newer.line), version=dotted(GRADING), error=newer.fact)
        return _with_remedy(with_code(fact, source, newer.line), advice(_("this syntax"), newer.since))
    line = error.lineno or 1
    fact = _("{place} is not Python: {error}").format(place=source.where(line), error=error.msg)
    return _with_remedy(with_code(fact, source, line), remedy)


def _with_remedy(fact: str, remedy: str | None) -> str:
    return fact if remedy is None else _("{fact}; {remedy}").format(fact=fact, remedy=remedy)


def _line(source: Source, error: SyntaxError) -> str:
    """The line that is no Python: the error's own text may be a token of it."""
    return source.line(error.lineno or 0) or error.text or ""


def unimplemented(source: Source, seen: Observations) -> Refusal | None:
    """Whether every call raised NotImplementedError, through whatever helper, where the learner's own code says so.

    torch raises it too: ``^`` on floats is not implemented there, nor is a module without a forward.
    """
    lines = _raising(source.text)
    found = (outline.facts.raised for outline in seen.outlines)
    if all(raised is not None and "NotImplementedError" in raised.bases and raised.line in lines for raised in found):
        return _not_started(source)
    return None


def _raising(text: str) -> set[int]:
    """The lines of every raise."""
    raises = (node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Raise))
    return {line for node in raises for line in range(node.lineno, (node.end_lineno or node.lineno) + 1)}


def _not_started(source: Source) -> Refusal:
    return Refusal(Verdict.UNIMPLEMENTED, _("not started yet"), source.path)
