"""`autograder export csv`: whose columns, numbers that stay numbers, and names that stay names."""

from __future__ import annotations

import csv as csv_module
import io
from pathlib import Path

import pytest

from autograder.reporters import csv, json
from autograder.reporters.formats import Format
from autograder.result import Gradebook, Verdict
from tests.hosts import autograder
from tests.reports import BOOK, FAULT, checked, gradebook, graded, report

NBGRADER = [
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
]


def rows(book: Gradebook, form: Format, *, properties: bool = False) -> list[list[str]]:
    """The cells of a file."""
    return [*csv_module.reader(io.StringIO(csv.render(book, form, properties=properties)))]


TWO_UNITS = report(
    "zoe",
    graded("relu", score=10.5),
    graded("tanh", score=0.1),
    graded("mse_loss", score=0.2).model_copy(update={"unit": "losses"}),
)


class TestNbgrader:
    def test_a_row_a_unit(self) -> None:
        """In the order of nbgrader's own export; a unit is one of its assignments, and sums are exact."""
        assert rows(gradebook(TWO_UNITS), Format.NBGRADER) == [
            NBGRADER,
            ["activations", "", "", "zoe", "", "", "", "10.6", "0", "10.6", "28"],
            ["losses", "", "", "zoe", "", "", "", "0.2", "0", "0.2", "14"],
        ]

    def test_properties_follow(self) -> None:
        head, activations, losses = rows(gradebook(TWO_UNITS), Format.NBGRADER, properties=True)
        assert head[len(NBGRADER) :][:2] == ["relu.values", "relu.gradients"]
        assert activations[len(NBGRADER) :] == ["2", "2", "2", "2", "", ""]
        assert losses[len(NBGRADER) :] == ["", "", "", "", "2", "2"]


class TestCanvas:
    def test_whole_file(self) -> None:
        """Its importer wants these five columns first, in this order, and a row of the points possible."""
        assert rows(gradebook(TWO_UNITS), Format.CANVAS) == [
            ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", "relu", "tanh", "mse_loss"],
            ["    Points Possible", "", "", "", "", "14", "14", "14"],
            ["zoe", "", "", "zoe", "", "10.5", "0.1", "0.2"],
        ]

    def test_points_of_properties(self) -> None:
        head, most, _ = rows(gradebook(report("zoe", graded("relu"))), Format.CANVAS, properties=True)
        assert dict(zip(head, most, strict=True))["relu.gradients"] == "2"


class TestMoodle:
    def test_whole_file(self) -> None:
        assert rows(gradebook(TWO_UNITS), Format.MOODLE) == [
            ["username", "relu", "tanh", "mse_loss", "total"],
            ["zoe", "10.5", "0.1", "0.2", "10.8"],
        ]


class TestPlain:
    def test_a_column_a_property_on_request(self) -> None:
        assert rows(gradebook(report("zoe", graded("relu"))), Format.PLAIN, properties=True) == [
            ["learner", "relu", "relu.values", "relu.gradients", "total", "max", "verdicts"],
            ["zoe", "14", "2", "2", "14", "14", "1 pass"],
        ]

    def test_learners_with_other_exercises(self) -> None:
        """A property that only one learner's report lists has its column all the same."""
        second = report("b", graded("relu", properties=(checked("nan"),)), graded("tanh"))
        head, *_ = rows(gradebook(report("a", graded("relu", properties=())), second), Format.PLAIN, properties=True)
        assert head[1:-3] == ["relu", "relu.nan", "tanh", "tanh.values", "tanh.gradients"]


@pytest.mark.parametrize(
    ("form", "none"),
    [(Format.PLAIN, "error"), (Format.NBGRADER, ""), (Format.CANVAS, ""), (Format.MOODLE, "-")],
)
def test_a_fault_of_the_grader_is_no_number(form: Format, none: str) -> None:
    """Moodle takes an empty cell of a new item for 0, and a dash for no grade; a word would stop its import."""
    *_, row = rows(gradebook(report("zoe", FAULT)), form, properties=True)
    assert none in row
    kept = {"0", "14", ""} if form is Format.NBGRADER else {"14"} if form is Format.PLAIN else set()
    assert {cell for cell in row if cell.replace(".", "").isdigit()} <= kept


@pytest.mark.parametrize("form", list(Format))
@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t=", "\r=", "＝"])
def test_formulas_are_neutralised_everywhere(form: Format, start: str) -> None:
    name = f"{start}HYPERLINK(1)"
    exercise = graded(name).model_copy(update={"unit": name})
    for row in rows(gradebook(report(name, exercise)), form, properties=True):
        assert not [cell for cell in row if cell.startswith(("=", "+", "-", "@", "\t", "\r", "＝"))]


@pytest.mark.parametrize("form", list(Format))
def test_names_with_commas_quotes_and_letters(form: Format) -> None:
    """nbgrader's own export makes 12 fields of 11 where a name has a comma."""
    name = 'King, Jr. "Zoë" 名'
    head, *_, row = rows(gradebook(report(name, graded("relu"))), form)
    assert len(row) == len(head)
    assert name in row


@pytest.mark.parametrize("form", list(Format))
def test_every_row_is_as_long_as_the_head(form: Format) -> None:
    """Whatever the verdicts are, and where a report lacks an exercise."""
    reports = [report(verdict.value, graded("relu", verdict, 0, (checked("values", verdict),))) for verdict in Verdict]
    book = gradebook(*reports, *BOOK.submissions, report("nothing"))
    lengths = {len(row) for row in rows(book, form, properties=True)}
    assert len(lengths) == 1


class TestCommand:
    @pytest.fixture
    def folder(self, tmp_path: Path) -> Path:
        (tmp_path / "results.json").write_text(json.render(BOOK), encoding="utf-8")
        return tmp_path

    def test_to_standard_output(self, folder: Path) -> None:
        status, said = autograder("export", "csv", folder)
        assert (status, said) == (0, csv.render(BOOK))

    @pytest.mark.parametrize("form", list(Format))
    def test_to_a_file(self, folder: Path, form: Format) -> None:
        out = folder / "grades.csv"
        assert autograder("export", "csv", folder, "--format", form.value, "--properties", "--out", out)[0] == 0
        assert out.read_text(encoding="utf-8") == csv.render(BOOK, form, properties=True)

    def test_no_results(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        assert autograder("export", "csv", tmp_path)[0] == 2
        assert "results.json cannot be read" in capsys.readouterr().err
