"""A learner whose every text is hostile HTML, for tests of pages."""

from autograder.result import Counterexample, Gradebook, Report, Verdict, Violation
from tests.reports import checked, gradebook, graded, report

HOSTILE = (
    '<script>window.hit=1</script>"><img src=x onerror="window.hit=1">\'{{7*7}}{% for x in y %}</style></title>'
    "<svg onload=window.hit=1>&lt;b&gt;javascript:alert(1)\u202e\u2066\x1b[31m"
)
"""Ends what it may stand in, and runs where anything does; reorders what follows it, and colours a terminal."""


def hostile() -> Report:
    """A report whose every text is hostile."""
    case = Counterexample(call=HOSTILE, actual=HOSTILE, expected=HOSTILE, difference=HOSTILE, replay=HOSTILE)
    words = {"message": HOSTILE, "title": HOSTILE, "why": HOSTILE, "name": HOSTILE}
    broken = checked("values", Verdict.FAIL).model_copy(update={**words, "counterexample": case})
    held = checked("nan").model_copy(update={**words, "message": None})
    violation = Violation(line=1, call=HOSTILE, message=HOSTILE)
    more = {"name": HOSTILE, "file": HOSTILE, "message": HOSTILE, "hint": HOSTILE, "diagnosis": HOSTILE}
    exercise = graded("sigmoid", Verdict.FAIL, 2, (broken, held), (violation,)).model_copy(update=more)
    return report(HOSTILE, exercise, notes=(HOSTILE,))


def hostile_book() -> Gradebook:
    book = gradebook(hostile())
    return book.model_copy(update={"course": book.course.model_copy(update={"name": HOSTILE})})
