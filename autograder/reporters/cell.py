"""What a notebook shows below a cell: one exercise as an HTML fragment, everything in it escaped."""

import html
from collections.abc import Iterable, Iterator

from autograder.language import _
from autograder.reporters.page import MARKS
from autograder.reporters.text import behaviour, clip, faulty, plain, plain_line, points, sides, word
from autograder.result import Counterexample, ExerciseResult, PropertyResult, Tier, Verdict, Violation

# Inline, and readable on a light and on a dark page: a notebook keeps no style sheet of ours.
_COLOURS = {"green": "#1a7f37", "red": "#cf222e", "yellow": "#9a6700", "cyan": "#1b7c83", "magenta": "#8250df"}
_LEFT = "text-align:left;vertical-align:top;padding:2px 12px 2px 0"


def render(exercise: ExerciseResult) -> str:
    """The result of one exercise: what is wrong first in full, every property with its points below."""
    return f'<div style="line-height:1.5">{"".join(_parts(exercise))}</div>\n'


def _parts(exercise: ExerciseResult) -> Iterator[str]:
    score = "-" if faulty(exercise) else points(exercise.score)
    head = f"{_mark(exercise.verdict)} <b>{_line(exercise.name)}</b>: {word(exercise.verdict)}"
    reached = _("{score} of {max} points").format(score=score, max=points(exercise.max_score))
    yield _paragraph(f"{head}, {reached}")
    if exercise.message:
        yield _paragraph(_text(exercise.message))
    if exercise.verdict is Verdict.ERROR:
        yield _paragraph(_("The grader failed here. That is its fault, and is not scored as yours."))
    if exercise.violations:
        yield f"<ul>{''.join(map(_violation, exercise.violations))}</ul>"
    if told := behaviour(exercise):
        yield _paragraph(f"<b>{_text(told)}</b>")
    first = next((item for item in exercise.properties if item.counterexample), None)
    if first:
        yield from _full(first, exercise.hint)
    if exercise.properties:
        rows = "".join(map(_row, exercise.properties))
        yield f"<details><summary>{_tally(exercise.properties)}</summary><table>{rows}</table></details>"


def _violation(violation: Violation) -> str:
    where = "" if violation.line is None else _("line {line}").format(line=violation.line) + ": "
    return f"<li>{where}<code>{_line(violation.call)}</code>: {_text(violation.message)}</li>"


def _full(result: PropertyResult, hint: str | None) -> Iterator[str]:
    stretch = _(" (stretch)") if result.tier is Tier.STRETCH else ""
    yield _paragraph(f"<b>{_line(result.name)}</b>{stretch}: {_text(result.title)}")
    if result.message:
        yield _paragraph(_text(result.message))
    case = result.counterexample
    if case:
        yield f"<pre>{html.escape(plain(case.call))}</pre><table>{''.join(_sides(case))}</table>"
    for label, text in ((_("Why it matters"), result.why), (_("Hint"), hint)):
        if text:
            yield _paragraph(f"<b>{label}.</b> {_text(text)}")


def _sides(case: Counterexample) -> Iterator[str]:
    for label, text in sides(case):
        yield _table_row((label, f"<code>{_text(text)}</code>"))


def _row(result: PropertyResult) -> str:
    told = result.message if result.verdict in {Verdict.SKIPPED, Verdict.UNDECIDED, Verdict.ERROR} else None
    score = f"{points(result.score)} / {points(result.max_score)}"
    cells = (_mark(result.verdict), _line(result.name), _text(told or result.title), score)
    return _table_row(cells)


def _table_row(cells: Iterable[str]) -> str:
    return "<tr>" + "".join(f'<td style="{_LEFT}">{cell}</td>' for cell in cells) + "</tr>"


def _tally(results: Iterable[PropertyResult]) -> str:
    verdicts = [result.verdict for result in results]
    told = [f"{verdicts.count(verdict)} {word(verdict)}" for verdict in Verdict if verdict in verdicts]
    return _("{n} properties: {verdicts}").format(n=len(verdicts), verdicts=", ".join(told))


def _mark(verdict: Verdict) -> str:
    sign, colour = MARKS[verdict]
    return f'<span style="color:{_COLOURS.get(colour, "inherit")}">{sign}</span>'


def _paragraph(content: str) -> str:
    return f'<p style="margin:4px 0">{content}</p>'


def _text(text: str) -> str:
    return html.escape(clip(plain(text))).replace("\n", "<br>")


def _line(text: str) -> str:
    return html.escape(plain_line(text))
