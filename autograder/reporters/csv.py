"""A gradebook as CSV: a row a learner, for a spreadsheet or for the grade import of a learning platform.

Where the grader's own fault left no final score there is no number, for a number would become a grade.
"""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from autograder.reporters.formats import Format
from autograder.reporters.text import faulty, plain_line, points, tally
from autograder.result import ExerciseResult, Gradebook, Report, Verdict

_FORMULA = tuple("=+-@\t\r＝＋－＠")  # the wide forms too: some spreadsheets fold them before reading a cell
# What each platform takes for "no grade yet": Moodle would make an empty cell of a new item a grade of 0.
_NO_SCORE = {Format.PLAIN: "error", Format.NBGRADER: "", Format.CANVAS: "", Format.MOODLE: "-"}
NBGRADER_COLUMNS = (
    "assignment",
    "duedate",
    "timestamp",
    "student_id",
    "last_name",
    "first_name",
    "email",
    "raw_score",
    "late_submission_penalty",
    "score",
    "max_score",
)
_CANVAS = ("Student", "ID", "SIS User ID", "SIS Login ID", "Section")


class _Column(NamedTuple):
    """A score: of an exercise, or of one of its properties."""

    exercise: str
    unit: str
    max_score: float
    part: str | None = None

    @property
    def head(self) -> str:
        return self.exercise if self.part is None else f"{self.exercise}.{self.part}"


def render(gradebook: Gradebook, form: Format = Format.PLAIN, *, properties: bool = False) -> str:
    """The text of the file; with ``properties``, every exercise is followed by a column for each of its own."""
    reports = sorted(gradebook.submissions, key=lambda report: report.learner)
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerows(_ROWS[form](reports, _columns(reports, properties), _NO_SCORE[form]))
    return text.getvalue()


def _columns(reports: Sequence[Report], properties: bool) -> list[_Column]:
    """Every exercise in the order in which the reports list them."""
    found: dict[str, list[_Column]] = {}
    for exercise in (exercise for report in reports for exercise in report.exercises):
        columns = found.setdefault(exercise.name, [_Column(exercise.name, exercise.unit, exercise.max_score)])
        if properties and len(columns) == 1:
            columns += [
                _Column(exercise.name, exercise.unit, result.max_score, result.name) for result in exercise.properties
            ]
    return [column for columns in found.values() for column in columns]


def _plain(reports: Sequence[Report], columns: Sequence[_Column], none: str) -> Iterator[Sequence[str]]:
    yield ["learner", *_heads(columns), "total", "max", "verdicts"]
    for report in reports:
        verdicts = ", ".join(f"{count} {verdict}" for verdict, count in tally(report).items())
        cells = (*_scores(report, columns, none), _score(report, none), points(report.max_score, 4))
        yield [safe_cell(report.learner), *cells, verdicts]


def _nbgrader(reports: Sequence[Report], columns: Sequence[_Column], none: str) -> Iterator[Sequence[str]]:
    """A row for each unit of each learner: a unit is one of nbgrader's assignments."""
    extra = [column for column in columns if column.part]
    units = list(dict.fromkeys(column.unit for column in columns))
    yield [*NBGRADER_COLUMNS, *_heads(extra)]
    for report in reports:
        for unit in units:
            own = report.model_copy(update=_part(report, unit))
            score, most = _score(own, none), points(own.max_score, 4)
            facts = [safe_cell(unit), "", "", safe_cell(report.learner), "", "", "", score, "0", score, most]
            yield [*facts, *_scores(own, extra, none)]


def _part(report: Report, unit: str) -> dict[str, object]:
    exercises = tuple(exercise for exercise in report.exercises if exercise.unit == unit)
    return {
        "exercises": exercises,
        "score": sum(round(exercise.score * 100) for exercise in exercises) / 100,
        "max_score": sum(round(exercise.max_score * 100) for exercise in exercises) / 100,
    }


def _canvas(reports: Sequence[Report], columns: Sequence[_Column], none: str) -> Iterator[Sequence[str]]:
    """No total: Canvas makes an assignment of every column, and would count the points twice."""
    yield [*_CANVAS, *_heads(columns)]
    yield ["    Points Possible", "", "", "", "", *(points(column.max_score, 4) for column in columns)]
    for report in reports:
        learner = safe_cell(report.learner)
        yield [learner, "", "", learner, "", *_scores(report, columns, none)]


def _moodle(reports: Sequence[Report], columns: Sequence[_Column], none: str) -> Iterator[Sequence[str]]:
    yield ["username", *_heads(columns), "total"]
    for report in reports:
        yield [safe_cell(report.learner), *_scores(report, columns, none), _score(report, none)]


_ROWS = {Format.PLAIN: _plain, Format.NBGRADER: _nbgrader, Format.CANVAS: _canvas, Format.MOODLE: _moodle}


def _heads(columns: Iterable[_Column]) -> list[str]:
    return [safe_cell(column.head) for column in columns]


def _scores(report: Report, columns: Iterable[_Column], none: str) -> Iterator[str]:
    """A learner's cell for each column; empty where the report says nothing of it."""
    by_name = {exercise.name: exercise for exercise in report.exercises}
    for column in columns:
        exercise = by_name.get(column.exercise)
        if exercise is None:
            yield ""
        elif column.part is None:
            yield _score(exercise, none)
        else:
            results = [result for result in exercise.properties if result.name == column.part]
            yield "".join(none if result.verdict is Verdict.ERROR else points(result.score, 4) for result in results)


def _score(result: Report | ExerciseResult, none: str) -> str:
    return none if faulty(result) else points(result.score, 4)


def safe_cell(text: str) -> str:
    """The text as a cell that no spreadsheet takes for a formula."""
    safe = plain_line(text)
    return f"'{safe}" if safe.startswith(_FORMULA) else safe
