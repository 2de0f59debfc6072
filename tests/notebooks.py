"""Notebooks as learners hand them in: made, run in a real kernel, graded by nbgrader's steps, and read."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any
from unittest import mock

import nbformat
from nbclient import NotebookClient

from autograder.course import Course, Exercise, load_course
from autograder.frontends.graders import close_graders
from autograder.frontends.nbgrader import GradeAnswers, RestoreCells
from autograder.frontends.nbgrader_course import as_text, notebook
from autograder.reporters.page import MARKS
from autograder.result import Verdict
from tests.bank import ROOT
from tests.hosts import Place, Seen

Notebook = Any
FORMAT: Any = nbformat  # its functions have no types
_PASSED = {Verdict.PASS, Verdict.UNDECIDED}
_VERDICTS = {sign: verdict for verdict, (sign, _) in MARKS.items()}


def source_notebook(course: Course, exercise: Exercise) -> Notebook:
    """An exercise's notebook with the kit's own solution."""
    solution = (ROOT / "solutions" / exercise.path).read_text(encoding="utf-8")
    return notebook(course, exercise, solution)


def marks(cell: Notebook) -> dict[str, Any]:
    """What nbgrader keeps in a cell."""
    found: dict[str, Any] = cell.metadata.get("nbgrader", {})
    return found


def answer_cell(nb: Notebook) -> Notebook:
    """The cell that a learner fills."""
    (cell,) = (cell for cell in nb.cells if marks(cell).get("solution"))
    return cell


def graded_cells(nb: Notebook) -> list[Notebook]:
    """The cells that nbgrader takes points from."""
    return [cell for cell in nb.cells if marks(cell).get("grade")]


def run_cells(folder: Path, *cells: str) -> Notebook:
    """A notebook of these code cells, run in a kernel of its own in ``folder``; a cell that raises ends nothing."""
    nb = FORMAT.v4.new_notebook(cells=[FORMAT.v4.new_code_cell(cell) for cell in cells])
    # ipykernel's own warnings about its event loop and its debugger belong to the kernel, not to what is tested.
    environment = {"PYTHONWARNINGS": "ignore", "PYDEVD_DISABLE_FILE_VALIDATION": "1", "JUPYTER_PREFER_ENV_PATH": "1"}
    with mock.patch.dict(os.environ, environment):
        client = NotebookClient(nb, timeout=120, allow_errors=True, resources={"metadata": {"path": str(folder)}})
        client.execute()
    return nb


def shown(cell: Notebook) -> tuple[str, str]:
    """What a cell's result is as text and as HTML; its error, if it raised one, as text."""
    for output in cell.outputs:
        if output.output_type == "execute_result":
            return output.data["text/plain"], output.data.get("text/html", "")
        if output.output_type == "error":
            return f"{output.ename}: {output.evalue}", ""
    return "", ""


def verdicts(html: str) -> dict[str, Verdict]:
    """The verdict of every property that a fragment lists."""
    rows = (
        re.findall(r"<td[^>]*>(.*?)</td>", row, re.DOTALL) for row in re.findall(r"<tr>(.*?)</tr>", html, re.DOTALL)
    )
    return {row[1]: _VERDICTS[re.sub(r"<[^>]*>", "", row[0])] for row in rows if len(row) == 4}


def results(cells: Iterable[Notebook]) -> Iterator[tuple[str, str]]:
    """Every result in some cells, as text and as HTML."""
    return (
        (output.data["text/plain"], output.data["text/html"])
        for cell in cells
        for output in cell.outputs
        if output.output_type == "execute_result"
    )


# --- as hosts, beside those of tests/hosts.py ---


def run_nbgrader(place: Place) -> int:
    """Grade a place's answer by the steps that `nbgrader autograde` runs in place of kernels."""
    course = load_course(place.root / "course.yaml")
    (exercise,) = course.exercises
    nb = source_notebook(course, exercise)
    answer_cell(nb).source = place.answer.read_text(encoding="utf-8")
    resources = {"nbgrader": {"student": "me", "assignment": exercise.unit, "notebook": exercise.name}}
    try:
        nb, resources = RestoreCells(course=str(course.path)).preprocess(nb, resources)
        nb, _ = GradeAnswers(course=str(course.path), allow_weak_sandbox=True).preprocess(nb, resources)
    finally:
        close_graders()
    (place.out / "nbgrader.ipynb").write_text(as_text(nb), encoding="utf-8")
    return 0


def read_nbgrader(text: str) -> Seen:
    """What the notebook that `run_nbgrader` leaves says."""
    found = list(results(graded_cells(FORMAT.reads(text, as_version=4))))
    passed = {name: verdict in _PASSED for _, html in found for name, verdict in verdicts(html).items()}
    return Seen(passed, round(sum(float(points) for points, _ in found), 2))


def run_notebook(place: Place) -> int:
    """Have a place's answer checked in a kernel, as a learner does."""
    nb = run_cells(place.root, place.answer.read_text(encoding="utf-8"), "from autograder import check", "check(relu)")
    (place.out / "notebook.ipynb").write_text(as_text(nb), encoding="utf-8")
    return 0


def read_notebook(text: str) -> Seen:
    """What the notebook that `run_notebook` leaves says."""
    found = list(results(cell for cell in FORMAT.reads(text, as_version=4).cells if "check(" in cell.source))
    passed = {name: verdict in _PASSED for _, html in found for name, verdict in verdicts(html).items()}
    score = sum(float(re.findall(r"([\d.]+) of [\d.]+ points", html)[0]) for _, html in found)
    return Seen(passed, score)
