"""Nothing that lies beside right answers takes one away, whatever it is and wherever they are."""

from __future__ import annotations

import json
import shutil
import string
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autograder.course import load_course
from autograder.frontends import grading
from autograder.grade import Grader
from autograder.sandbox.choice import best_sandbox
from autograder.submission import Submission, find_submissions, own_submission
from tests.bank import ROOT
from tests.hosts import autograder, runner_result, small_course
from tests.strays import ANSWERS, DRAFT, STRAYS, hand_in, notebook, packed, put

COURSE = load_course(ROOT / "course.yaml")
RIGHT = {exercise.name: ANSWERS[exercise.path] for exercise in COURSE.exercises}


def texts(submission: Submission) -> dict[str, str]:
    return {name: source.text for name, source in submission.sources.items()}


def found(folder: Path) -> dict[str, str]:
    """The sources of the one learner in a class folder."""
    (submission,) = find_submissions(folder, COURSE).values()
    return texts(submission)


class TestStrays:
    @pytest.mark.parametrize("kind", STRAYS)
    def test_costs_no_answer(self, tmp_path: Path, kind: str) -> None:
        """The same for a class and for the hosts that grade one folder."""
        folder = tmp_path / "class" / "ann"
        hand_in(folder / "exercises")
        STRAYS[kind](folder)
        assert found(tmp_path / "class") == RIGHT
        assert texts(own_submission(folder, COURSE)) == RIGHT

    @pytest.mark.parametrize("kind", ["the kit", "a trial", "a notebook", "a zip of old answers", "flat copies"])
    @pytest.mark.parametrize("around", ["", "hw/", "kit-main/exercises/", "a/b/c/exercises/"])
    def test_wherever_the_answers_are(self, tmp_path: Path, kind: str, around: str) -> None:
        hand_in(tmp_path / "ann" / around)
        STRAYS[kind](tmp_path / "ann")
        assert found(tmp_path) == RIGHT

    def test_a_zip_of_the_kit_with_answers(self, tmp_path: Path) -> None:
        """As GitHub packs a repository: the answers are those in exercises/, and no others."""
        hand_in(tmp_path / "kit/torch-main/exercises")
        STRAYS["the kit"](tmp_path / "kit/torch-main")
        members = {p.relative_to(tmp_path / "kit").as_posix(): p.read_bytes() for p in files(tmp_path / "kit")}
        put(tmp_path / "class/ann.zip", packed(members))
        assert found(tmp_path / "class") == RIGHT
        del members["torch-main/exercises/activations/relu.py"]
        put(tmp_path / "class/ann.zip", packed(members))
        assert "relu" not in found(tmp_path / "class")

    @pytest.mark.parametrize("name", ["homework.py", "work.ipynb", "relu.py", "old.zip", "a/b/answers.py"])
    def test_untouched_stubs_do_not_hide_answers(self, tmp_path: Path, name: str) -> None:
        """Who keeps the stubs as they were and writes elsewhere is read there, and it is said."""
        shutil.copytree(ROOT / "exercises", tmp_path / "ann/exercises")
        relu = ANSWERS["activations/relu.py"]
        data = {".py": relu.encode(), ".ipynb": notebook(relu), ".zip": packed({"relu.py": relu})}
        put(tmp_path / "ann" / name, data[Path(name).suffix])
        (submission,) = find_submissions(tmp_path, COURSE).values()
        assert "return torch.where(x <= 0, 0.0, x)" in submission.sources["relu"].text
        assert "NotImplementedError" in submission.sources["tanh"].text
        told = "exercises/activations/relu.py is not begun; "
        assert any(
            note.startswith(told + name) and note.endswith(" was read in its place") for note in submission.notes
        )


def files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


class TestScripts:
    """Several answers in one file are read as the same cells of a notebook are."""

    TRIALS = "import matplotlib.pyplot as plt\n\nx = torch.linspace(-3, 3, 9)\nplt.plot(torch.sigmoid(x), sigmoid(x))\n"

    @pytest.mark.parametrize("name", ["homework.py", "answers.py", "src/all.py", "activations/everything.py"])
    @pytest.mark.parametrize("mark", ["", "# %%\n", "# %% [markdown]\n# A title\n\n# %%\n", "#%%\n"])
    def test_are_cut_apart(self, tmp_path: Path, name: str, mark: str) -> None:
        text = "".join(f"{mark}{answer}\n\n" for answer in [*ANSWERS.values(), self.TRIALS])
        put(tmp_path / "ann" / name, text)
        (submission,) = find_submissions(tmp_path, COURSE).values()
        assert submission.sources.keys() == RIGHT.keys()
        for name_, source in submission.sources.items():
            assert "matplotlib" not in source.text
            assert not source.cells
            compile(source.text, source.path, "exec")
            lines = text.split("\n")
            shown = [n for n, line in enumerate(source.text.split("\n")) if line.startswith(("def ", "class "))]
            assert shown
            assert all(source.text.split("\n")[n] == lines[n] for n in shown), name_
        assert submission.notes == (f"{name} was read for {', '.join(RIGHT)}",)

    def test_statements_of_one_line_keep_it(self, tmp_path: Path) -> None:
        put(tmp_path / "ann/work.py", "import os; import torch; N = 2\n\n\ndef relu(x):\n    return torch.abs(x) * N\n")
        assert found(tmp_path)["relu"] == "import torch; N = 2\n\n\ndef relu(x):\n    return torch.abs(x) * N\n"

    def test_a_mistake_in_one_cell_costs_that_alone(self, tmp_path: Path) -> None:
        broken = "# %%\ndef tanh(x:\n    return x\n"
        put(tmp_path / "ann/work.py", f"# %%\n{ANSWERS['activations/relu.py']}\n{broken}")
        got = found(tmp_path)
        assert "x <= 0" in got["relu"]
        compile(got["relu"], "relu", "exec")
        with pytest.raises(SyntaxError) as error:
            compile(got["tanh"], "tanh", "exec")
        assert error.value.lineno == ANSWERS["activations/relu.py"].count("\n") + 4

    def test_as_a_notebooks_cells(self, tmp_path: Path) -> None:
        cells = list(ANSWERS.values())
        put(tmp_path / "nb/ann/work.ipynb", notebook(*cells))
        put(tmp_path / "py/ann/work.py", "\n# %%\n".join(cells))
        for name, text in found(tmp_path / "py").items():
            lines = [line for line in text.split("\n") if line.strip()]
            assert lines == [line for line in found(tmp_path / "nb")[name].split("\n") if line.strip()], name

    def test_two_that_give_as_much_and_are_unlike_are_no_guess(self, tmp_path: Path) -> None:
        put(tmp_path / "ann/first.py", "def relu(x):\n    return x\n")
        put(tmp_path / "ann/second.py", "def relu(x):\n    return -x\n")
        (submission,) = find_submissions(tmp_path, COURSE).values()
        assert "given 2 times, by first.py and second.py" in submission.problems["relu"]


# --- any tree ---

NAMES = st.one_of(
    st.sampled_from(["tests", "old", "src", "data", "solutions", "exercises", "activations", "losses", "Ünï", "a b"]),
    st.text(string.ascii_lowercase + "._- é", min_size=1, max_size=6).filter(lambda name: name.strip(". ")),
)
JUNK_FILES = st.one_of(
    st.sampled_from(
        ["scratch.py", "setup.py", "x.py", "notes.ipynb", "old.zip", "a.pdf", "relu (1).py", "Relu.py", "my_relu.py",
         "sigmoid-1.py", "course.yaml", "README.md", "homework.py", "relu.txt", "leaky_relu.py", "w.rar"]
    ),
    NAMES.map(lambda name: f"{name}.py"),
    NAMES,
)  # fmt: skip
CONTENTS = st.sampled_from(
    [b"", b"\0", b"x = 1\n", DRAFT.encode(), b"def relu(x:\n", b"PK", notebook(DRAFT), packed({"relu.py": DRAFT})]
)
JUNK = st.dictionaries(
    st.tuples(st.lists(NAMES, max_size=3), JUNK_FILES).map(lambda place: "/".join([*place[0], place[1]])),
    CONTENTS,
    max_size=6,
)
HOMES = st.sampled_from(["", "exercises/", "hw1/", "kit-main/exercises/"])
CLASS = st.dictionaries(
    st.sampled_from(["ann", "bob", "Cy Lee_12_assignsubmission_file", "Zoë"]), st.tuples(HOMES, JUNK), min_size=1
)
LOOSE = st.dictionaries(
    st.sampled_from(["README.md", "dan_1_2_relu.py", "essay.docx", "a.pdf", "list", "grades.csv", "x.py"]), CONTENTS
)


def _put_unless_there(path: Path, content: bytes) -> None:
    """Junk takes no place of an answer, and none that a file has on the way."""
    if not path.exists() and all(not parent.is_file() for parent in path.parents):
        put(path, content)


@settings(max_examples=150, deadline=None)
@given(people=CLASS, loose=LOOSE)
def test_any_junk_costs_no_answer_and_every_entry_is_accounted_for(
    people: Mapping[str, tuple[str, Mapping[str, bytes]]], loose: Mapping[str, bytes]
) -> None:
    answers = {path: ANSWERS[path] for path in ("activations/relu.py", "losses/mse_loss.py")}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for learner, (home, junk) in people.items():
            hand_in(folder / learner / home, answers)
            for path, content in junk.items():
                _put_unless_there(folder / learner / path, content)
        for path, content in loose.items():
            put(folder / path, content)
        classroom = find_submissions(folder, COURSE)
        for submission in classroom.values():
            assert (
                texts(submission).items()
                >= {
                    "relu": answers["activations/relu.py"],
                    "mse_loss": answers["losses/mse_loss.py"],
                }.items()
            )
        graded = {"Cy Lee_12" if learner.startswith("Cy") else learner for learner in people}
        assert set(classroom) == graded
        assert {item.entry for item in classroom.not_graded} == set(loose)


# --- graded ---


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A course of relu alone, and a class in which each learner has left something else beside the right answer."""
    root = tmp_path_factory.mktemp("strays")
    small_course(root)
    for kind, make in STRAYS.items():
        folder = root / "class" / kind.replace(" ", "-")
        put(folder / "exercises/activations/relu.py", ANSWERS["activations/relu.py"])
        make(folder)
    return root


@pytest.fixture
def _warm(place: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """One sandbox for all runs of hosts that would else start one each."""
    course = load_course(place / "course.yaml")
    budget = course.budget
    sandbox = best_sandbox(memory_mb=budget.memory_mb, seconds=budget.seconds)
    with Grader(course, exercises=course.exercises, seed=0, sandbox=sandbox) as grader:

        @contextmanager
        def warm(*_args: object, **_options: object) -> Iterator[Grader]:
            yield grader

        monkeypatch.setattr(grading, "warm_grader", warm)
        yield
    sandbox.close()


@pytest.mark.slow
def test_a_class_of_strays_has_full_marks(place: Path, tmp_path: Path) -> None:
    words = ("--course", place, "--out", tmp_path, "--allow-weak-sandbox", "--jobs", "1")
    assert autograder("grade", place / "class", *words)[0] == 0
    book = json.loads((tmp_path / "results.json").read_text(encoding="utf-8"))
    assert len(book["submissions"]) == len(STRAYS) >= 40
    assert {report["score"] for report in book["submissions"]} == {10}


def _github(place: Path, folder: Path, out: Path) -> float:
    output = out / "output"
    autograder("ci", "github", "--course", place, "--folder", folder, GITHUB_OUTPUT=output)
    return sum(float(test["score"]) for test in runner_result(output.read_text(encoding="utf-8"))["tests"])


def _gradescope(place: Path, folder: Path, out: Path) -> float:
    put(out / "source/course.yaml", (place / "course.yaml").read_bytes())
    (out / "submission").symlink_to(folder)
    autograder("ci", "gradescope", "--root", out)
    return float(json.loads((out / "results/results.json").read_text(encoding="utf-8"))["score"])


@pytest.mark.slow
@pytest.mark.usefixtures("_warm")
@pytest.mark.parametrize("host", [_github, _gradescope])
def test_each_has_full_marks_by_a_host(place: Path, tmp_path: Path, host: Callable[[Path, Path, Path], float]) -> None:
    points = {}
    for folder in sorted((place / "class").iterdir()):
        out = tmp_path / folder.name
        out.mkdir()
        points[folder.name] = round(host(place, folder, out), 6)
    assert points == {kind.replace(" ", "-"): 10 for kind in STRAYS}
