"""gradebook.csv: one row a learner, for a spreadsheet or a grade import."""

import csv
import io

from autograder.reporters.text import faulty, plain_line, points, tally
from autograder.result import ExerciseResult, Gradebook, Report

_FAULT = "error"
_FORMULA = tuple("=+-@\t\r＝＋－＠")  # the wide forms too: some spreadsheets fold them before reading a cell


def render(gradebook: Gradebook) -> str:
    """The text of gradebook.csv: learner, a column an exercise, total, max, verdicts.

    Where the grader's own fault left no final score, the cell says ``error``: a number would become a grade.
    """
    names = list(dict.fromkeys(e.name for report in gradebook.submissions for e in report.exercises))
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(_cell(head) for head in ("learner", *names, "total", "max", "verdicts"))
    for report in sorted(gradebook.submissions, key=lambda report: report.learner):
        writer.writerow(_row(report, names))
    return text.getvalue()


def _row(report: Report, names: list[str]) -> list[str]:
    by_name = {exercise.name: exercise for exercise in report.exercises}
    verdicts = ", ".join(f"{count} {verdict}" for verdict, count in tally(report).items())
    return [
        _cell(report.learner),
        *(_score(by_name[name]) if name in by_name else "" for name in names),
        _score(report),
        points(report.max_score, 4),
        verdicts,
    ]


def _score(result: Report | ExerciseResult) -> str:
    return _FAULT if faulty(result) else points(result.score, 4)


def _cell(text: str) -> str:
    """The text as a cell that no spreadsheet takes for a formula."""
    safe = plain_line(text)
    return f"'{safe}" if safe.startswith(_FORMULA) else safe
