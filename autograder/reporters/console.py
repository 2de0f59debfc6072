"""What a terminal shows: the table of a class, and one learner's report.

Both are strings for a given width, with or without colour: nothing here looks at the terminal or the
environment. Text is never read as Rich markup, and what comes from learners is made plain first.
"""

import re
from collections.abc import Iterator, Mapping, Sequence

from rich.cells import cell_len
from rich.table import Table
from rich.text import Text

from autograder.language import _, ngettext
from autograder.reporters.page import MARKS, Page, mark, rows
from autograder.reporters.screen import add_properties, first_failing
from autograder.reporters.text import clip, faulty, passed, plain, plain_line, points, tally, word
from autograder.result import ExerciseResult, Gradebook, Report, Verdict, Violation

_HEAD = 7  # wider column headers break: "custom_" above "activation"
_GAP = 2  # between columns
_WORD = 11  # wide as the longest verdict
_ROWS = 200  # of the class table: more scroll away, and laying out thousands takes seconds and memory
_NARROW = 14  # learners' names are folded this far before the table is split


def render(gradebook: Gradebook, *, width: int = 80, colour: bool = False) -> str:
    """The class as a table: a row a learner, a column an exercise; several tables where one is too wide."""
    page = Page(width, colour)
    reports = sorted(gradebook.submissions, key=lambda report: report.learner)
    shown = reports[:_ROWS]
    longest = max(cell_len(plain_line(name)) for name in (_("learner"), *(report.learner for report in shown)))
    total = max(cell_len(line) for line in _total_head(reports).splitlines())
    learner, blocks = _blocks(_columns(reports), width - total, longest + _GAP)
    for block in blocks:
        page.add(_class_table(shown, block, learner - _GAP, total=block is blocks[-1]))
        page.line()
    if len(reports) > _ROWS:
        page.add(Text(_("and {n} more learners; the gradebook has all").format(n=len(reports) - _ROWS)))
        page.line()
    for report in shown:
        for note in report.notes:
            page.add(Text(f"{plain_line(report.learner)}: {plain_line(note)}", style="yellow"))
    for reason, entries in _not_graded(gradebook).items():
        first, *others = entries
        page.flow([Text(_("not graded: {name}").format(name=first), style="yellow"), *map(Text, others)], _(", "))
        page.add(Text(plain_line(reason)), indent=2)
    page.flow(_legend(reports), "   ")
    page.flow(_class_summary(reports), _(", "))
    return page.text()


def render_report(report: Report, *, width: int = 80, colour: bool = False, everything: bool = False) -> str:
    """One learner's report: each exercise, what fails first in full, and a summary at the end.

    Exercises that something is told of come last, where they stay on the screen; ``everything`` tells of each property.
    """
    page = Page(width, colour)
    for exercise in sorted(report.exercises, key=lambda exercise: first_failing(exercise) is not None):
        _exercise(page, exercise, everything)
    for note in report.notes:
        page.add(Text(_("Note: {note}").format(note=plain_line(note)), style="yellow"))
    if report.notes:
        page.line()
    _summary(page, report)
    return page.text()


def render_exercise(exercise: ExerciseResult, *, width: int = 80, colour: bool = False) -> str:
    """One exercise as its learner's report has it."""
    page = Page(width, colour)
    _exercise(page, exercise, everything=False)
    return page.text()


# --- the class ---


def _blocks(columns: Mapping[str, int], width: int, learner: int) -> tuple[int, list[list[str]]]:
    """How wide the learners' column is, and the exercises in groups that fit beside it.

    A column that folds long names is better than a second table, while they can still be read.
    """
    spare = width - sum(columns.values())
    if spare >= min(learner, _NARROW):
        return min(learner, spare), [list(columns)]
    learner = min(learner, width // 3)
    blocks: list[list[str]] = [[]]
    used = 0
    for name, needed in columns.items():
        if blocks[-1] and used + needed > width - learner:
            blocks.append([])
            used = 0
        blocks[-1].append(name)
        used += needed
    return learner, blocks


def _columns(reports: Sequence[Report]) -> dict[str, int]:
    """Every exercise and how wide its column is, with the gap beside it."""
    widths: dict[str, int] = {}
    for report in reports:
        for exercise in report.exercises:
            lines = (*_head(exercise).splitlines(), _class_cell(exercise).plain)
            widths[exercise.name] = max(widths.get(exercise.name, 0), *(len(line) + _GAP for line in lines))
    return widths


def _head(exercise: ExerciseResult) -> str:
    """An exercise's column header: its name, broken after underscores or where it must be, above its points."""
    lines = [""]
    for part in re.split("(?<=[_-])", plain_line(exercise.name)):
        while len(part) > _HEAD:
            lines.append(part[: _HEAD - 1] + "-")
            part = part[_HEAD - 1 :]
        if lines[-1] and len(lines[-1]) + len(part) > _HEAD:
            lines.append("")
        lines[-1] += part
    return "\n".join((*filter(None, lines), f"/ {points(exercise.max_score)}"))


def _class_table(reports: Sequence[Report], names: Sequence[str], learner: int, *, total: bool) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, _GAP, 0, 0), header_style="bold")
    table.add_column(_("learner"), overflow="fold", vertical="bottom", max_width=learner)
    heads = {exercise.name: _head(exercise) for report in reports for exercise in report.exercises}
    for name in names:
        table.add_column(heads[name], justify="right", vertical="bottom", no_wrap=True)
    if total:
        table.add_column(_total_head(reports), justify="right", vertical="bottom", no_wrap=True)
    for report in reports:
        by_name = {exercise.name: exercise for exercise in report.exercises}
        cells = [_class_cell(by_name[name]) if name in by_name else Text() for name in names]
        table.add_row(plain_line(report.learner), *cells, *([_total_cell(report)] if total else []))
    return table


def _total_head(reports: Sequence[Report]) -> str:
    return _("total") + f"\n/ {points(max((report.max_score for report in reports), default=0.0))}"


def _class_cell(exercise: ExerciseResult) -> Text:
    if faulty(exercise):
        return mark(Verdict.ERROR)
    return Text.assemble(points(exercise.score, 1), " ", mark(exercise.verdict))


def _total_cell(report: Report) -> Text:
    return mark(Verdict.ERROR) if faulty(report) else Text(points(report.score, 1), style="bold")


def _not_graded(gradebook: Gradebook) -> dict[str, list[str]]:
    """The entries of the class folder that are no learner's, by the reason."""
    found: dict[str, list[str]] = {}
    for item in gradebook.not_graded:
        found.setdefault(item.reason, []).append(plain_line(item.entry))
    return found


def _legend(reports: Sequence[Report]) -> list[Text]:
    results = [exercise for report in reports for exercise in report.exercises]
    seen = {Verdict.ERROR if faulty(result) else result.verdict for result in results}
    return [Text.assemble(mark(verdict), " ", word(verdict)) for verdict in Verdict if verdict in seen]


def _class_summary(reports: Sequence[Report]) -> list[Text]:
    final = [report for report in reports if not faulty(report)]
    facts = [ngettext("{n} learner", "{n} learners", len(reports)).format(n=len(reports))]
    facts.append(_("{n} passed everything").format(n=sum(map(passed, reports))))
    if final:
        mean = sum(report.score for report in final) / len(final)
        most = max(report.max_score for report in final)
        facts.append(_("mean {score} of {max}").format(score=points(mean, 1), max=points(most)))
    if len(final) < len(reports):
        facts.append(_("{n} not final: the grader failed there").format(n=len(reports) - len(final)))
    return [Text(fact, style="bold") for fact in facts]


# --- one learner ---


def _exercise(page: Page, exercise: ExerciseResult, everything: bool) -> None:
    page.add(_headline(exercise))
    if exercise.message and exercise.verdict is not Verdict.UNIMPLEMENTED:  # the advice says more
        page.add(Text(clip(plain(exercise.message))), indent=2)
    for line in _advice(exercise):
        page.add(line, indent=2)
    for violation in exercise.violations:
        page.add(_violation(violation), indent=2)
    if _was_judged(exercise):
        add_properties(page, exercise, everything=everything)
    page.line()


def _was_judged(exercise: ExerciseResult) -> bool:
    """Whether its properties say more than it does: of a file that cannot be loaded all say the same."""
    if exercise.verdict in {Verdict.PASS, Verdict.FAIL}:
        return True
    told = any(result.message or result.counterexample for result in exercise.properties)
    return told or {result.verdict for result in exercise.properties} != {exercise.verdict}


def _headline(exercise: ExerciseResult) -> Table:
    row = Table.grid(expand=True)
    row.add_column()
    row.add_column(justify="right", no_wrap=True)
    told = word(exercise.verdict)
    reached = "-" if faulty(exercise) else points(exercise.score)
    score = Text(f"{reached} / {points(exercise.max_score)}  ")
    name = Text.assemble(mark(exercise.verdict), " ", (plain_line(exercise.name), "bold"))
    row.add_row(name, score + Text(" " * (_WORD - cell_len(told)) + told, style=MARKS[exercise.verdict][1]))
    return row


def _advice(exercise: ExerciseResult) -> Iterator[Text]:
    """What an exercise that was not judged, or not to its end, asks of its learner."""
    file, name = plain_line(exercise.file), plain_line(exercise.name)
    match exercise.verdict:
        case Verdict.UNIMPLEMENTED:
            advice = _("Open {file}, replace the `raise NotImplementedError` with your answer, then run")
            yield Text(advice.format(file=file))
            yield Text(f"  autograder check {name}", style="bold")
        case Verdict.MISSING if not exercise.message:
            yield Text(_("There is no {file} here.").format(file=file))
        case Verdict.FORBIDDEN if exercise.violations:
            yield Text(_("The answer is to be built from raw tensor operations; these places go around that:"))
        case Verdict.UNDECIDED:
            yield Text(_("This could not be checked here. It costs nothing."))
        case Verdict.ERROR:
            yield Text(_("The grader failed here. That is its fault, not yours, and is not scored as yours."))


def _violation(violation: Violation) -> Table:
    where = _("when run") if violation.line is None else _("line {line}").format(line=violation.line)
    told = Text.assemble((plain_line(violation.call), "bold"), "\n", clip(plain(violation.message)))
    return rows([(where, told)])


def _summary(page: Page, report: Report) -> None:
    total = f"{plain_line(report.learner)}: {points(report.score)} / {points(report.max_score)}"
    counts = [Text(f"{number} {word(verdict)}") for verdict, number in tally(report).items()]
    page.flow([Text(total, style="bold"), *counts], _(", "))
    if faulty(report):
        page.add(Text(_("Not final: the grader failed in a part of this."), style="magenta"))
