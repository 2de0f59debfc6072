"""What all reporters share: text from learners made harmless, points and verdicts as people write them."""

import math
import re

from rich.cells import cell_len

from autograder.language import N_, _
from autograder.result import Counterexample, ExerciseResult, Report, Verdict

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
    Verdict.PASS: N_("passed"),
    Verdict.FAIL: N_("failed"),
    Verdict.FLAKY: N_("flaky"),
    Verdict.TIMEOUT: N_("timed out"),
    Verdict.CRASH: N_("crashed"),
    Verdict.FORBIDDEN: N_("forbidden"),
    Verdict.UNIMPLEMENTED: N_("not started"),
    Verdict.MISSING: N_("missing"),
    Verdict.SKIPPED: N_("skipped"),
    Verdict.UNDECIDED: N_("undecided"),
    Verdict.ERROR: N_("grader fault"),
}
"""Each verdict as a learner reads it, in English."""


def word(verdict: Verdict) -> str:
    """The verdict as a learner reads it."""
    return _(WORDS[verdict])


def behaviour(exercise: ExerciseResult) -> str | None:
    """What is known of a failing answer as a whole: the mistake that explains all that was seen of it."""
    if not exercise.diagnosis:
        return None
    return _("Your code behaves exactly like {mistake}.").format(mistake=plain_line(exercise.diagnosis))


def sides(case: Counterexample) -> list[tuple[str, str]]:
    """Both results of a case, how far they are apart, and what the learner's code has printed, with their labels."""
    both = [(_("yours"), case.actual), (_("expected"), case.expected), (_("difference"), case.difference)]
    return [(label, text) for label, text in (*both, (_("printed"), case.printed)) if text is not None]


def plain(text: str) -> str:
    """The text without escape sequences and control characters; line ends and tabs stay."""
    return _CONTROL.sub("", _ANSI.sub("", text.replace("\r\n", "\n")))


def plain_line(text: str) -> str:
    """Like ``plain``, with every run of white space made one space."""
    return " ".join(plain(text).split())


def clip(text: str, limit: int = 1000) -> str:
    """The beginning of a text, and how much was left out."""
    left = len(text) - limit
    return text if left <= 0 else text[:limit] + _("… ({n} more characters)").format(n=left)


def pad(text: str, width: int) -> str:
    """The text with as many spaces as make it so wide on a terminal, where a Chinese character takes two places."""
    return text + " " * (width - cell_len(text))


def points(value: float, digits: int = 2) -> str:
    """A score without trailing zeros: ``14``, ``61.5``, ``4.29``; rounded down, for 9.99 of 10 is not 10."""
    cut = math.floor(round(value * 10**digits, 6)) / 10**digits  # 4.35 is 434.99999999999994 hundredths
    return f"{cut:.{digits}f}".rstrip("0").rstrip(".")


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
