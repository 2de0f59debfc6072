"""What all reporters share: text from learners made harmless, points and verdicts as people write them."""

import re

from autograder.result import ExerciseResult, Report, Verdict

_ANSI = re.compile(
    r"(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]"  # colours, cursor movements
    # Titles and links, but only with their end: without it one would eat the rest of the text.
    r"|(?:\x1b\]|\x9d)[^\x07\x1b\x9c]*(?:\x07|\x1b\\|\x9c)"
)
_CONTROL = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029"
    "\u202a-\u202e\u2066-\u2069"  # these reorder what stands around them: a name could swap two scores
    "\ud800-\udfff]"
)

WORDS = {
    Verdict.PASS: "passed",
    Verdict.FAIL: "failed",
    Verdict.FLAKY: "flaky",
    Verdict.TIMEOUT: "timed out",
    Verdict.CRASH: "crashed",
    Verdict.FORBIDDEN: "forbidden",
    Verdict.UNIMPLEMENTED: "not started",
    Verdict.MISSING: "missing",
    Verdict.SKIPPED: "skipped",
    Verdict.UNDECIDED: "undecided",
    Verdict.ERROR: "grader fault",
}
"""Each verdict as a learner reads it."""


def plain(text: str) -> str:
    """The text without escape sequences and control characters; line ends and tabs stay."""
    return _CONTROL.sub("", _ANSI.sub("", text.replace("\r\n", "\n")))


def plain_line(text: str) -> str:
    """Like ``plain``, with every run of white space made one space."""
    return " ".join(plain(text).split())


def clip(text: str, limit: int = 1000) -> str:
    """The beginning of a text, and how much was left out."""
    return text if len(text) <= limit else f"{text[:limit]}… ({len(text) - limit} more characters)"


def points(value: float, digits: int = 2) -> str:
    """A score without trailing zeros: ``14``, ``61.5``, ``4.29``."""
    return f"{value:.{digits}f}".rstrip("0").rstrip(".")


def faulty(result: Report | ExerciseResult) -> bool:
    """Whether the grader failed somewhere in it, so that its score is not final."""
    if isinstance(result, Report):
        return any(faulty(exercise) for exercise in result.exercises)
    return Verdict.ERROR in {result.verdict, *(p.verdict for p in result.properties)}


def passed(report: Report) -> bool:
    """Whether nothing in it stands against the learner; what could not be decided does not."""
    return all(exercise.verdict in {Verdict.PASS, Verdict.UNDECIDED} for exercise in report.exercises)


def tally(report: Report) -> dict[Verdict, int]:
    """How many exercises ended with each verdict that occurs, in the order of ``Verdict``."""
    verdicts = [exercise.verdict for exercise in report.exercises]
    return {verdict: verdicts.count(verdict) for verdict in Verdict if verdict in verdicts}
