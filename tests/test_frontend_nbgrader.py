"""nbgrader, the real one: from solutions to its gradebook and back, with every kind of learner on the way."""

from __future__ import annotations

import copy
import csv
import json
import os
import re
import shutil
import sqlite3
import subprocess
import sys
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from nbgrader.nbgraderformat import MetadataValidator

from autograder.course import Course, load_course
from autograder.errors import GraderError, UsageError
from autograder.frontends.graders import close_graders
from autograder.frontends.nbgrader import GradeAnswers, RestoreCells
from autograder.frontends.nbgrader_course import answer_marks, notebook, write_course
from autograder.result import SandboxInfo
from autograder.submission import find_submissions
from tests.bank import ROOT
from tests.hosts import HOSTS, Place
from tests.notebooks import (
    FORMAT,
    Notebook,
    answer_cell,
    graded_cells,
    marks,
    read_nbgrader,
    results,
    run_nbgrader,
    source_notebook,
    verdicts,
)

COURSE = load_course(ROOT / "course.yaml")
SAMPLE = ROOT / "tests" / "sample_class"
UNITS = ("activations", "losses")
BUDGET = "budget: {cases: 12, pairs: 10, option_cases: 8, search_calls: 20, seconds: 10, memory_mb: 1024}\n"
RIGHT = (ROOT / "solutions" / "activations" / "relu.py").read_text(encoding="utf-8")
COMMAS = ("Ångström, Zoë", "=1+1, O'Neil")
"""Learners whose names break tables."""

SCRIPT = '''# %% [markdown]
# ## Lesson
# The larger one of $x$ and 0.

# %%
import torch

# %%
def relu(x):
    """Keep what is positive."""
    ### BEGIN SOLUTION
    return torch.where(x <= 0, torch.zeros_like(x), x)
    ### END SOLUTION
'''

Scores = dict[tuple[str, str], float]
"""Points by learner and exercise."""


class TestSource:
    """The notebooks that instructors get."""

    @pytest.mark.parametrize("exercise", COURSE.exercises, ids=lambda exercise: exercise.name)
    def test_is_valid_for_nbgrader_and_worth_the_exercise(self, exercise: Any) -> None:
        nb = source_notebook(COURSE, exercise)
        FORMAT.validate(nb)
        MetadataValidator().validate_nb(nb)
        assert [marks(cell)["points"] for cell in graded_cells(nb)] == [exercise.points * 0.75, exercise.points * 0.25]
        assert answer_cell(nb).source == (ROOT / "solutions" / exercise.path).read_text(encoding="utf-8").rstrip()

    def test_two_builds_are_alike(self, tmp_path: Path) -> None:
        first, second = ({p.name: p.read_bytes() for p in write_course(COURSE, tmp_path / n)} for n in ("a", "b"))
        assert first == second

    def test_an_own_configuration_is_kept(self, tmp_path: Path) -> None:
        write_course(COURSE, tmp_path)
        (tmp_path / "nbgrader_config.py").write_text("# mine\n", encoding="utf-8")
        write_course(COURSE, tmp_path)
        assert (tmp_path / "nbgrader_config.py").read_text(encoding="utf-8") == "# mine\n"

    def test_a_percent_script_gives_lessons_and_one_answer_cell(self) -> None:
        nb = notebook(COURSE, COURSE.exercise("relu"), SCRIPT)
        kinds = [(cell.cell_type, cell.source.partition("\n")[0]) for cell in nb.cells]
        assert kinds[1:4] == [("markdown", "## Lesson"), ("code", "import torch"), ("code", "def relu(x):")]
        assert answer_cell(nb).source.startswith("def relu(x):")


# --- what learners do to a notebook ---


def _set_marks(nb: Notebook, **changes: Any) -> None:
    for cell in graded_cells(nb):
        cell.metadata.nbgrader.update(changes)


def _forge_outputs(nb: Notebook) -> None:
    for cell in graded_cells(nb):
        data = {"text/plain": str(marks(cell)["points"])}
        cell.outputs = [FORMAT.v4.new_output("execute_result", data, execution_count=1)]


def _rewrite_tests(nb: Notebook) -> None:
    for cell in graded_cells(nb):
        cell.source = str(marks(cell)["points"])


def _swap_ids(nb: Notebook) -> None:
    answer, test = answer_cell(nb), graded_cells(nb)[0]
    answer.metadata, test.metadata = test.metadata, answer.metadata


def _repeat_tests(nb: Notebook) -> None:
    for number, cell in enumerate(graded_cells(nb) * 2):
        again = copy.deepcopy(cell)
        again.update(source="10.0", id=f"again-{number}")
        nb.cells.insert(number * 3, again)


def _add_graded(nb: Notebook) -> None:
    cell = FORMAT.v4.new_code_cell("1000.0")
    cell.metadata["nbgrader"] = marks(graded_cells(nb)[0]) | {"grade_id": "relu-extra", "points": 1000}
    nb.cells.append(cell)


def _mark_as_text(nb: Notebook) -> None:
    for cell in graded_cells(nb):
        cell.cell_type = "markdown"
        del cell["outputs"], cell["execution_count"]


def _marks_as_list(nb: Notebook) -> None:
    for cell in graded_cells(nb):
        cell.metadata["nbgrader"] = ["?"]


def _drop_tests(nb: Notebook) -> None:
    nb.cells = [cell for cell in nb.cells if not marks(cell).get("grade")]


def _drop_marks(nb: Notebook) -> None:
    for cell in nb.cells:
        cell.metadata.pop("nbgrader", None)


def _as_colab_saves(nb: Notebook) -> None:
    nb.nbformat_minor = 0
    for cell in nb.cells:
        del cell["id"]


Change = Callable[[Notebook], None]
CHANGES: dict[str, Change] = {
    "another-schema": lambda nb: _set_marks(nb, schema_version=99),
    "answer-is-a-test": lambda nb: answer_cell(nb).metadata.nbgrader.update(grade=True, solution=False, points=10),
    "as-colab-saves": _as_colab_saves,
    "as-text": _mark_as_text,
    "exchanged-ids": _swap_ids,
    "forged-outputs": _forge_outputs,
    "graded-by-hand": lambda nb: _set_marks(nb, solution=True, locked=False),
    "marks-are-a-list": _marks_as_list,
    "more-graded-cells": _add_graded,
    "more-points": lambda nb: _set_marks(nb, points=1000),
    "no-marks": _drop_marks,
    "no-points": lambda nb: _set_marks(nb, points="?"),
    "no-tests": _drop_tests,
    "other-ids": lambda nb: _set_marks(nb, grade_id="relu"),
    "rewritten-tests": _rewrite_tests,
    "tests-thrice": _repeat_tests,
    "tests-ungraded": lambda nb: _set_marks(nb, grade=False),
}
"""What nbgrader restores, and what it does not: worth nothing by itself, and no harm to a right answer."""

HOSTILE = {
    "ends-process": "import os\n\ndef relu(x):\n    os._exit(0)\n",
    "ends-process-at-import": "import os\n\ncode = os._exit(0)\n\ndef relu(x):\n    return x + code\n",
    "loops": "def relu(x):\n    while True:\n        pass\n",
    "prints-points": "print(10.0)\n\ndef relu(x):\n    print(10.0)\n    return 10.0\n",
    "rewrites-results": """
import pathlib

def forge():
    for path in pathlib.Path({places!r}).glob("**/*.ipynb"):
        path.write_text(path.read_text().replace('"0.0"', '"7.5"'))

forged = forge()

def relu(x):
    forge()
    raise SystemExit(forged)
""",
}


def step(preprocessor: Any, nb: Notebook, name: str = "relu") -> Notebook:
    """One of our preprocessors on one notebook, without nbgrader's commands."""
    resources = {"nbgrader": {"student": "me", "assignment": "activations", "notebook": name}}
    weak = {"allow_weak_sandbox": True} if preprocessor is GradeAnswers else {}
    done, _ = preprocessor(course=str(COURSE.path), **weak).preprocess(nb, resources)
    return done


class TestSteps:
    """Our preprocessors."""

    @pytest.mark.parametrize("change", CHANGES)
    def test_restores_tests_and_marks(self, change: str) -> None:
        nb = source_notebook(COURSE, COURSE.exercise("relu"))
        cells = graded_cells(nb)
        expected: dict[str, Any] = {marks(cell)["grade_id"]: (dict(marks(cell)), cell.source, []) for cell in cells}
        CHANGES[change](nb)
        nb = step(RestoreCells, nb)
        cells = graded_cells(nb)
        assert len(cells) == len(expected)
        found = {marks(cell)["grade_id"]: (dict(marks(cell)), cell.source, cell.outputs) for cell in cells}
        assert found == expected
        answers = [cell for cell in nb.cells if marks(cell).get("solution")]
        assert [dict(marks(cell)) for cell in answers] in ([], [answer_marks(COURSE.exercise("relu"))])
        MetadataValidator().validate_nb(nb)
        FORMAT.validate(nb)

    def test_keeps_every_cell_of_the_learner(self) -> None:
        """Also a test cell that was rewritten: `autograder grade` reads an answer there too."""
        nb = source_notebook(COURSE, COURSE.exercise("relu"))
        graded_cells(nb)[0].source = "def relu(x): return x"
        before = [cell.source for cell in nb.cells]
        assert [cell.source for cell in step(RestoreCells, nb).cells][: len(before)] == before

    @pytest.mark.parametrize("preprocessor", [RestoreCells, GradeAnswers])
    def test_an_unknown_notebook_is_refused(self, preprocessor: Any) -> None:
        """Its tests would not run, and nbgrader gives full points to a test without output."""
        with pytest.raises(UsageError, match=r"activations/mine\.ipynb is no exercise"):
            step(preprocessor, source_notebook(COURSE, COURSE.exercise("relu")), "mine")

    def test_changed_points_are_refused(self) -> None:
        """The gradebook was made for another course.yaml: 7.5 points of 5 would be an error, and 2 of 5 a lie."""
        nb = source_notebook(COURSE, COURSE.exercise("relu"))
        graded_cells(nb)[0].metadata.nbgrader.points = 5.0
        answer_cell(nb).source = "def relu(x):\n    raise NotImplementedError"
        try:
            with pytest.raises(UsageError, match="generate_assignment"):
                step(GradeAnswers, nb)
        finally:
            close_graders()

    def test_a_fault_of_the_kit_is_no_zero(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """nbgrader reports the notebook, records nothing and goes on with the class."""
        monkeypatch.setattr("autograder.frontends.nbgrader.faulty", lambda result: True)
        nb = source_notebook(COURSE, COURSE.exercise("relu"))
        answer_cell(nb).source = "def relu(x):\n    raise NotImplementedError"
        try:
            with pytest.raises(GraderError, match="nothing was recorded"):
                step(GradeAnswers, nb)
        finally:
            close_graders()

    def test_a_weak_sandbox_is_refused(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """As `autograder grade` refuses it."""
        weak = SandboxInfo(level="none", layers={"canary": "got out: read"})
        grader = SimpleNamespace(run_info=lambda: SimpleNamespace(sandbox=weak))
        monkeypatch.setattr("autograder.frontends.nbgrader.grader_for", lambda *words: grader)
        resources = {"nbgrader": {"student": "me", "assignment": "activations", "notebook": "relu"}}
        with pytest.raises(UsageError, match=r"level=none: got out: read.*c\.GradeAnswers\.allow_weak_sandbox = True"):
            GradeAnswers(course=str(COURSE.path)).preprocess(
                source_notebook(COURSE, COURSE.exercise("relu")), resources
            )

    def test_says_what_autograder_grade_says(self, tmp_path: Path) -> None:
        """Property by property, on a wrong answer."""
        wrong = (ROOT / "tests" / "submissions" / "wrong" / "relu" / "leaky.py").read_text(encoding="utf-8")
        expected = HOSTS[0].grade(Place.make(tmp_path / "grade", wrong))
        place = Place.make(tmp_path / "nbgrader", wrong)
        run_nbgrader(place)
        assert read_nbgrader((place.out / "nbgrader.ipynb").read_text(encoding="utf-8")) == expected
        assert 0 < expected.score < 10

    @pytest.mark.slow
    @pytest.mark.parametrize("name", HOSTILE)
    def test_hostile_answers_earn_nothing(self, name: str, tmp_path: Path) -> None:
        """With the rules off, so that they really run."""
        answer = HOSTILE[name]
        place = Place.make(tmp_path, "", rules={"enabled": False})
        place.answer.write_text(
            answer.format(places=str(tmp_path)) if "{places" in answer else answer, encoding="utf-8"
        )
        run_nbgrader(place)
        seen = read_nbgrader((place.out / "nbgrader.ipynb").read_text(encoding="utf-8"))
        assert seen.score == 0
        assert seen.passed
        assert not any(seen.passed.values())


# --- the whole way, with nbgrader's own commands ---


@dataclass(frozen=True)
class Class:
    """An nbgrader course folder, and nbgrader's own commands run in it."""

    folder: Path
    course: Course
    said: dict[str, str] = field(default_factory=dict)

    def run(self, *words: str) -> str:
        """What a command said; it has to end with 0."""
        home = self.folder.parent / "home"
        home.mkdir(exist_ok=True)
        environment = os.environ | {
            "HOME": str(home),  # nobody's own configuration of Jupyter
            "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]]),  # it starts `alembic`
            "JUPYTER_PREFER_ENV_PATH": "1",
        }
        command = [sys.executable, "-m", "nbgrader", *words]
        done = subprocess.run(command, cwd=self.folder, env=environment, capture_output=True, text=True, timeout=900)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout + done.stderr

    def released(self, exercise: str, answer: str | None = None) -> Notebook:
        """A copy of a released notebook, with an answer."""
        path = self.folder / "release" / self.course.exercise(exercise).unit / f"{exercise}.ipynb"
        nb = FORMAT.read(path, as_version=4)
        if answer is not None:
            answer_cell(nb).source = answer
        return nb

    def hand_in(self, learner: str, exercise: str, nb: Notebook) -> None:
        """Put a notebook where nbgrader looks for it."""
        path = self.folder / "submitted" / learner / self.course.exercise(exercise).unit / f"{exercise}.ipynb"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(nb), encoding="utf-8")

    def autograded(self, learner: str, exercise: str) -> Notebook:
        """A notebook as nbgrader keeps it after grading."""
        path = self.folder / "autograded" / learner / self.course.exercise(exercise).unit / f"{exercise}.ipynb"
        return FORMAT.read(path, as_version=4)

    def scores(self) -> Scores:
        """The gradebook: points of every notebook that nbgrader has graded."""
        query = """
            SELECT submitted_assignment.student_id, notebook.name, SUM(grade.auto_score)
            FROM grade
            JOIN submitted_notebook ON grade.notebook_id = submitted_notebook.id
            JOIN submitted_assignment ON submitted_notebook.assignment_id = submitted_assignment.id
            JOIN notebook ON submitted_notebook.notebook_id = notebook.id
            GROUP BY submitted_notebook.id
        """
        database = sqlite3.connect(self.folder / "gradebook.db")
        try:
            rows = database.execute(query).fetchall()
        finally:
            database.close()
        assert all(score is not None for _, _, score in rows), rows
        return {(learner, name): round(score, 2) for learner, name, score in rows}


def small_course(folder: Path) -> Course:
    """The course in a folder of its own, with fewer cases."""
    text = (ROOT / "course.yaml").read_text(encoding="utf-8")
    text, budgets = re.subn(r"^budget:\n(  .*\n)+", BUDGET, text, flags=re.MULTILINE)
    assert budgets == 1
    folder.mkdir(parents=True)
    (folder / "course.yaml").write_text(text, encoding="utf-8")
    shutil.copytree(ROOT / "solutions", folder / "solutions", ignore=shutil.ignore_patterns("__pycache__"))
    return load_course(folder / "course.yaml")


def collect(group: Class) -> None:
    """Learners whose work comes as a zip of a learning platform's."""
    archive = group.folder / "downloaded" / "activations" / "archive"
    archive.mkdir(parents=True)
    with zipfile.ZipFile(archive / "all.zip", "w") as packed:
        for learner in COMMAS:
            name = f"{learner}_attempt_2025-09-01-10-00-00_relu.ipynb"
            packed.writestr(name, json.dumps(group.released("relu", RIGHT)))
    group.run("zip_collect", "activations", "--force")


@pytest.fixture(scope="module")
def graded(tmp_path_factory: pytest.TempPathFactory) -> Class:
    """A class that nbgrader has graded: the sample class, learners with odd names, and all who cheat."""
    folder = tmp_path_factory.mktemp("nbgrader")
    course = small_course(folder / "course")
    command = [sys.executable, "-m", "autograder", "dev", "notebooks", "--course", str(course.path)]
    subprocess.run(command, check=True, capture_output=True, timeout=300)
    group = Class(folder / "course" / "nbgrader", course)
    with (group.folder / "nbgrader_config.py").open("a", encoding="utf-8") as config:
        config.write("c.GradeAnswers.allow_weak_sandbox = True\n")
    for unit in UNITS:
        group.run("generate_assignment", unit)
    group.run("release_assignment", "activations")
    collect(group)
    for submission in find_submissions(SAMPLE, course).values():
        for name, source in submission.sources.items():
            group.hand_in(submission.learner, name, group.released(name, source.text))
    for name, change in CHANGES.items():
        for learner, answer in ((f"cheat-{name}", None), (f"fair-{name}", RIGHT)):
            nb = group.released("relu", answer)
            change(nb)
            group.hand_in(learner, "relu", nb)
    for name, answer in HOSTILE.items():
        answer = answer.format(places=str(group.folder)) if "{places" in answer else answer
        group.hand_in(f"hostile-{name}", "relu", group.released("relu", answer))
    for unit in UNITS:
        group.said[unit] = group.run("autograde", unit)
    return group


@pytest.mark.slow
@pytest.mark.xdist_group("nbgrader")
class TestClass:
    """A class, through nbgrader's own commands."""

    def test_a_release_holds_the_stub_and_no_solution(self, graded: Class) -> None:
        for exercise in graded.course.exercises:
            stub = (ROOT / "exercises" / exercise.path).read_text(encoding="utf-8")
            assert answer_cell(graded.released(exercise.name)).source == stub.rstrip()
        exchange = graded.folder / "exchange" / "activations-and-losses-from-raw-tensor-operations" / "outbound"
        assert (exchange / "activations" / "relu.ipynb").is_file()
        assert (exchange / "activations" / "course.yaml").is_file()

    def test_the_gradebook_is_ours(self, graded: Class, tmp_path: Path) -> None:
        """Notebook by notebook, with `autograder grade` reading the folder that nbgrader collected."""
        words = ["--out", str(tmp_path), "--course", str(graded.course.path), "--allow-weak-sandbox"]
        command = [sys.executable, "-m", "autograder", "grade", str(graded.folder / "submitted"), *words]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=900)
        assert done.returncode == 1, done.stdout + done.stderr  # some of the class fail
        book = json.loads((tmp_path / "results.json").read_text(encoding="utf-8"))
        ours = {(r["learner"], e["name"]): e["score"] for r in book["submissions"] for e in r["exercises"]}
        theirs = graded.scores()
        assert {key: score for key, score in ours.items() if key in theirs} == theirs
        assert not {key: score for key, score in ours.items() if score and key not in theirs}
        sample = {report["learner"] for report in book["submissions"]} & {path.stem for path in SAMPLE.iterdir()}
        assert len(sample) == len(find_submissions(SAMPLE, graded.course)) - 1  # no-files has nothing to hand in
        assert sum(score for (learner, _), score in theirs.items() if learner == "all-right") == 100
        assert 0 < theirs["textbook", "sigmoid"] < 12

    def test_what_was_changed_earns_nothing_and_costs_nothing(self, graded: Class) -> None:
        scores = graded.scores()
        found = {name: (scores[f"cheat-{name}", "relu"], scores[f"fair-{name}", "relu"]) for name in CHANGES}
        assert found == dict.fromkeys(CHANGES, (0.0, 10.0))

    def test_hostile_answers_earn_nothing(self, graded: Class) -> None:
        scores = graded.scores()
        found = {name: scores[f"hostile-{name}", "relu"] for name in HOSTILE}
        assert found == dict.fromkeys(HOSTILE, 0.0)

    def test_points_and_reasons_stand_in_the_test_cells(self, graded: Class) -> None:
        core, stretch = graded_cells(graded.autograded("nearly", "sigmoid"))
        (points, html), *others = results([core])
        assert 0 < float(points) < 9
        assert not others
        assert verdicts(html)["dtype"] == "fail"
        assert "expected" in html
        ((_, html),) = results([stretch])
        assert verdicts(html)["accuracy"] == "fail"
        outputs = [output for cell in (core, stretch) for output in cell.outputs]
        assert {output.output_type for output in outputs} == {"execute_result"}

    def test_no_kernel_runs(self, graded: Class) -> None:
        """A kernel would have put its number on every cell that it ran."""
        cells = graded.autograded("all-right", "sigmoid").cells
        assert all(cell.get("execution_count") is None for cell in cells)

    def test_feedback_shows_the_reason(self, graded: Class) -> None:
        graded.run("generate_feedback", "activations", "--student", "nearly")
        page = graded.folder / "feedback" / "nearly" / "activations" / "sigmoid.html"
        assert "Why it matters" in page.read_text(encoding="utf-8")

    def test_the_export_is_csv(self, graded: Class) -> None:
        """With the names whole in one cell each, and the sums as we give them."""
        last, first = "King, Jr.", "=HYPERLINK(1)"
        graded.run("db", "student", "add", COMMAS[0], f"--last-name={last}", f"--first-name={first}")
        graded.run("export", "--to", "grades.csv")
        with (graded.folder / "grades.csv").open(encoding="utf-8", newline="") as file:
            header, *rows = csv.reader(file)
        assert {len(row) for row in rows} == {len(header)} == {11}
        by_learner = {row[3]: dict(zip(header, row, strict=True)) for row in rows if row[0] == "activations"}
        assert by_learner[COMMAS[0]]["last_name"] == last
        assert by_learner[COMMAS[0]]["first_name"] == f"'{first}"
        assert by_learner[f"'{COMMAS[1]}"]["score"] == "10.0"
        mine = [score for (learner, _), score in graded.scores().items() if learner == "textbook"]
        both = [float(row[9]) for row in rows if row[3] == "textbook"]
        assert sum(both) == pytest.approx(sum(mine), abs=1e-9)

    def test_validate_warns_of_a_wrong_answer_only(self, graded: Class, tmp_path: Path) -> None:
        """The button that learners have in Jupyter; here the cells run in a kernel."""
        for name, answer, said in (("right", RIGHT, "Success"), ("wrong", "def relu(x):\n    return x", "FAILED ON 2")):
            folder = tmp_path / name
            folder.mkdir()
            shutil.copy(graded.course.path, folder)
            (folder / "relu.ipynb").write_text(json.dumps(graded.released("relu", answer)), encoding="utf-8")
            assert said in graded.run("validate", str(folder / "relu.ipynb"))
