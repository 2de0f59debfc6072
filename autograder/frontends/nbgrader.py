"""nbgrader without kernels: what grades its notebooks in place of `Execute`, and a gradebook export that is CSV.

`RestoreCells` puts back whatever of nbgrader's cells a learner changed, before anything reads them. `GradeAnswers` has
the answer judged by a worker, as `autograder grade` would, and writes the points and the reason into the test cells.
"""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

from nbconvert.preprocessors import ClearMetadataPreprocessor
from nbformat import NotebookNode, v4
from nbgrader.api import Gradebook, MissingEntry
from nbgrader.plugins import ExportPlugin
from nbgrader.preprocessors import (
    AssignLatePenalties,
    CheckCellMetadata,
    ClearOutput,
    DeduplicateIds,
    IgnorePattern,
    LimitOutput,
    NbGraderPreprocessor,
    OverwriteCells,
    OverwriteKernelspec,
    SaveAutoGrades,
)
from traitlets import Bool, Enum, Integer, Unicode
from traitlets.config import Config

from autograder.course import Course, Exercise, find_course, load_course
from autograder.dev import STUB_LINES
from autograder.errors import GraderError, UsageError
from autograder.frontends.graders import grader_for
from autograder.frontends.nbgrader_course import CONFIG, answer_marks, as_text, grade_id, test_cells
from autograder.frontends.notebook import of_tier
from autograder.reporters import cell as cell_reporter
from autograder.reporters.csv import NBGRADER_COLUMNS, safe_cell
from autograder.reporters.feedback import Feedback, redact
from autograder.reporters.text import faulty
from autograder.result import ExerciseResult, Report, SandboxInfo, Tier
from autograder.sandbox.choice import require_full
from autograder.submission import notebook_submission

Resources = dict[str, Any]
_DIGITS = 6  # nbgrader adds floats: 0.1 + 0.2 is not to be exported as 0.30000000000000004
_NO_IDS_BEFORE = 5  # the minor version of format 4 that gave cells their ids


def configure(config: Config) -> None:
    """Set what this course needs of nbgrader: all of nbgrader's own steps but `Execute`, with ours around them."""
    config.ClearSolutions.code_stub = {"python": "\n".join(STUB_LINES)}
    config.Autograde.sanitize_preprocessors = [
        RestoreCells,  # first: a bad mark stops nbgrader, and not for this learner alone
        ClearOutput,
        DeduplicateIds,
        OverwriteKernelspec,
        OverwriteCells,
        CheckCellMetadata,
    ]
    config.Autograde.autograde_preprocessors = [
        GradeAnswers,  # in place of Execute
        IgnorePattern,
        ClearMetadataPreprocessor,
        LimitOutput,
        SaveAutoGrades,
        AssignLatePenalties,
        CheckCellMetadata,
    ]
    config.ExportApp.plugin_class = GradesCsv


class _OfCourse(NbGraderPreprocessor):  # type: ignore[misc]  # nbgrader ships no types
    """Knows which exercise of which course a notebook is."""

    course = Unicode("", help="course.yaml; else the nearest one upwards of nbgrader's course folder").tag(config=True)

    def _find(self, resources: Resources) -> tuple[Course, Exercise]:
        course = load_course(Path(self.course) if self.course else find_course())
        unit, name = resources["nbgrader"]["assignment"], resources["nbgrader"]["notebook"]
        for exercise in course.exercises:
            if (exercise.unit, Path(exercise.file).stem) == (unit, name):
                return course, exercise
        # Without Execute its test cells would have no output, which nbgrader takes for full points.
        fact = f"notebook={unit}/{name}.ipynb is no exercise of {course.path}"
        raise UsageError(f"{fact}; keep notebooks with tests of their own in another nbgrader course")


class RestoreCells(_OfCourse):
    """Puts back the test cells and every mark of nbgrader's, whatever the learner did to them.

    nbgrader restores a cell by the id that the learner's copy gives: a copy without one gets through, and one with
    marks that are no marks stops the run. A test cell that was rewritten stays, as a cell of the learner's own, so
    that the notebook is read as `autograder grade` reads it.
    """

    def preprocess(self, nb: NotebookNode, resources: Resources) -> tuple[NotebookNode, Resources]:
        """Nbconvert's hook."""
        course, exercise = self._find(resources)
        fresh = test_cells(course, exercise)
        if nb.nbformat_minor < _NO_IDS_BEFORE:
            for cell in fresh.values():
                del cell["id"]
        answer = None
        cells = []
        for cell in nb.cells:
            name = _claimed_id(cell)
            if name in fresh and cell.source == fresh[name].source:
                cell = fresh.pop(name)
            elif cell.metadata.pop("nbgrader", None) and name == exercise.name and cell.cell_type == "code":
                answer = cell  # the last of several, as nbgrader has it
            cells.append(cell)
        if answer is not None:
            answer.metadata["nbgrader"] = answer_marks(exercise)
        nb.cells = [*cells, *fresh.values()]
        return nb, resources


class GradeAnswers(_OfCourse):
    """Grades a notebook's answer in a worker, and writes points and reasons where nbgrader looks for them."""

    seed = Integer(None, allow_none=True, help="draws the cases; else the course's").tag(config=True)
    allow_weak_sandbox = Bool(False, help="grade though a submission could do harm").tag(config=True)
    feedback = Enum([str(level) for level in Feedback], "full", help="what learners are shown").tag(config=True)

    def preprocess(self, nb: NotebookNode, resources: Resources) -> tuple[NotebookNode, Resources]:
        """Nbconvert's hook."""
        course, exercise = self._find(resources)
        result = self._grade(nb, resources, course, exercise)
        parts = {grade_id(exercise, tier): of_tier(result, tier) for tier in Tier}
        tests = {str(_claimed_id(cell)): cell for cell in nb.cells if _is_test(cell)}
        expected = {name: part.max_score for name, part in parts.items() if part.properties}
        found = {name: float(cell.metadata.nbgrader["points"]) for name, cell in tests.items()}
        if found != expected:
            fact = f"exercise={exercise.name} has points={found} in the gradebook, and {expected} by {course.path.name}"
            raise UsageError(f"{fact}; run `autograder dev notebooks` and `nbgrader generate_assignment` again")
        for name, cell in tests.items():
            cell.execution_count = None
            cell.outputs = [_output(parts[name], Feedback(self.feedback))]
        return nb, resources

    def _grade(self, nb: NotebookNode, resources: Resources, course: Course, exercise: Exercise) -> ExerciseResult:
        learner, data = resources["nbgrader"]["student"], as_text(nb).encode()
        unit = [other for other in course.exercises if other.unit == exercise.unit]  # nbgrader runs a unit at a time
        grader = grader_for(course, unit, self.seed)
        if not self.allow_weak_sandbox:
            _require_full(grader.run_info().sandbox)
        report = grader.grade(notebook_submission(learner, exercise, data, course))
        result = next(item for item in report.exercises if item.name == exercise.name)
        if faulty(result):
            fact = result.message or next(p.message for p in result.properties if p.message)
            raise GraderError(
                f"{exercise.name} of {learner} could not be graded: {fact}; nothing was recorded, try again"
            )
        return result


class GradesCsv(ExportPlugin):  # type: ignore[misc]  # nbgrader ships no types
    """The columns of nbgrader's own export, with quotes where they are needed and no cell that is a formula."""

    def export(self, gradebook: Gradebook) -> None:
        """Nbgrader's hook."""
        with Path(self.to or "grades.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(NBGRADER_COLUMNS)
            for assignment in gradebook.assignments:
                if self.assignment and assignment.name not in map(str, self.assignment):
                    continue
                for student in gradebook.students:
                    if not self.student or student.id in map(str, self.student):
                        writer.writerow(_row(gradebook, assignment, student))


def _row(gradebook: Gradebook, assignment: Any, student: Any) -> list[str]:  # noqa: ANN401  # rows of its database
    try:
        submission = gradebook.find_submission(assignment.name, student.id)
    except MissingEntry:
        timestamp, raw, penalty = None, 0.0, 0.0
    else:
        timestamp, raw, penalty = submission.timestamp, submission.score, submission.late_submission_penalty
    words = (assignment.name, assignment.duedate, timestamp, student.id, student.last_name, student.first_name)
    scores = (raw, penalty, max(0.0, raw - penalty), assignment.max_score)
    told = [safe_cell("" if word is None else str(word)) for word in (*words, student.email)]
    return [*told, *(str(round(score, _DIGITS)) for score in scores)]


def _require_full(sandbox: SandboxInfo) -> None:
    try:
        require_full(sandbox)
    except UsageError as error:
        raise UsageError(f"{error} (in {CONFIG}: c.GradeAnswers.allow_weak_sandbox = True)") from None


def _claimed_id(cell: NotebookNode) -> str | None:
    """The id that a cell claims to have for nbgrader; what stands there may be anything."""
    marks = cell.metadata.get("nbgrader")
    name = marks.get("grade_id") if isinstance(marks, dict) else None
    return name if isinstance(name, str) else None


def _is_test(cell: NotebookNode) -> bool:
    return bool(cell.metadata.get("nbgrader", {}).get("grade"))


def _output(part: ExerciseResult, feedback: Feedback) -> NotebookNode:
    """What nbgrader reads as partial credit, with the reason beside it; never on standard error, which costs all."""
    report = Report(learner="", sha256="", score=part.score, max_score=part.max_score, exercises=(part,))
    (shown,) = redact(report, feedback).exercises
    data = {"text/plain": repr(part.score), "text/html": cell_reporter.render(shown)}
    output: NotebookNode = v4.new_output("execute_result", data)  # type: ignore[no-untyped-call]
    return output
