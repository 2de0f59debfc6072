"""Gradescope: the zip laid out in a scratch root as the platform does it, its scripts run, its results validated."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import sysconfig
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from autograder.course import load_course
from autograder.errors import CourseError
from autograder.frontends import gradescope as frontend
from autograder.properties import load_properties
from autograder.reporters import gradescope
from autograder.reporters.feedback import Feedback, redact
from autograder.result import Verdict
from tests.bank import BANK, ROOT
from tests.hosts import autograder, small_course
from tests.reports import BOOK, CASE, FAILING, FAULT, checked, gradebook, graded, hostile, report

SCHEMA = json.loads((Path(__file__).parent / "schemas" / "gradescope.json").read_text(encoding="utf-8"))
LEAKY = (BANK / "wrong" / "relu" / "leaky.py").read_text(encoding="utf-8")


def valid(text: str) -> Any:
    """The results in a text, valid by the specification."""
    results = json.loads(text)
    jsonschema.validate(results, SCHEMA)
    return results


def rendered(*exercises: Any, **visibility: str) -> Any:
    """The results of one report."""
    shown = gradebook(report("ann", *exercises))
    return valid(gradescope.render(shown, lambda name: visibility.get(name, "visible"), 1.5))


class TestResults:
    def test_numbers_are_numbers(self) -> None:
        results = rendered(FAILING, graded("relu"))
        assert (results["score"], results["execution_time"]) == (24.5, 1.5)
        assert "max_score" not in results  # the specification has none at the top
        assert [test["number"] for test in results["tests"]] == ["1.1", "1.2", "1.3", "1.4", "2.1", "2.2"]

    def test_a_test_a_property(self) -> None:
        tests = rendered(FAILING)["tests"]
        assert [(test["status"], test["score"], test["max_score"]) for test in tests] == [
            ("passed", 2, 2),
            ("failed", 0, 2),
            ("passed", 0, 2),
            ("failed", 0, 2),
        ]
        assert CASE.call.splitlines()[1] in tests[1]["output"]
        assert tests[1]["tags"] == ["activations", "sigmoid", "stretch"]
        assert tests[1]["extra_data"] == {"exercise": "sigmoid", "property": "stable-gradients", "verdict": "fail"}

    @pytest.mark.parametrize("verdict", list(Verdict))
    def test_a_status_always(self, verdict: Verdict) -> None:
        """Without one Gradescope shows a test of 0 points as passed."""
        unworthy = checked("values", verdict).model_copy(update={"score": 0, "max_score": 0})
        (test,) = rendered(graded("relu", verdict, 0, (unworthy,)))["tests"]
        assert test["status"] == ("passed" if verdict in {"pass", "undecided"} else "failed")

    def test_visibility(self) -> None:
        tests = rendered(FAILING, values="hidden", nan="after_published")["tests"]
        assert [test["visibility"] for test in tests] == ["hidden", "visible", "visible", "after_published"]

    def test_properties_that_are_not_told(self) -> None:
        shown = redact(report("ann", FAILING, graded("relu")), Feedback.SCORE)
        results = valid(gradescope.render(gradebook(shown), lambda _: "visible", 0))
        assert [(test["status"], test["score"]) for test in results["tests"]] == [("failed", 10.5), ("passed", 14)]

    def test_a_fault_is_said_first(self) -> None:
        assert rendered(graded("relu"), FAULT)["output"].startswith("NOT FINAL")

    @pytest.mark.parametrize("shown", [*BOOK.submissions, hostile()], ids=lambda shown: shown.learner[:10])
    def test_valid_whatever_is_in_it(self, shown: Any) -> None:
        text = gradescope.render(gradebook(shown), lambda _: "visible", 0)
        assert valid(text)["tests"]
        assert not {"\x1b", "\x07", "\u202e"} & set(json.dumps(json.loads(text), ensure_ascii=False))

    def test_unfinished(self) -> None:
        results = valid(gradescope.unfinished("out of time"))
        assert results["score"] == 0
        assert results["output"].startswith("NOT GRADED")
        assert results["tests"][0]["status"] == "failed"


class TestCourse:
    """``gradescope:`` in course.yaml."""

    def test_visibility_by_property(self, tmp_path: Path) -> None:
        setting = {"visibility": "after_due_date", "properties": {"values": "visible"}}
        course = load_course(small_course(tmp_path, gradescope=setting))
        assert [course.gradescope.of(name) for name in ("values", "nan")] == ["visible", "after_due_date"]

    @pytest.mark.parametrize(
        ("setting", "says"),
        [
            ({"visibility": "hiden"}, "did you mean hidden?"),
            ({"visible": "hidden"}, "did you mean visibility?"),
            ({"properties": {"values": "no"}}, "gradescope.properties.values"),
        ],
    )
    def test_mistakes(self, tmp_path: Path, setting: Any, says: str) -> None:
        with pytest.raises(CourseError) as problem:
            load_course(small_course(tmp_path, gradescope=setting))
        assert says in str(problem.value)

    def test_unknown_property(self, tmp_path: Path) -> None:
        course = load_course(small_course(tmp_path, gradescope={"properties": {"vales": "hidden"}}))
        with pytest.raises(CourseError, match="did you mean values"):
            course.require_properties(load_properties())


@dataclass(frozen=True)
class Image:
    """A scratch root laid out as Gradescope's image is, after setup.sh has run."""

    root: Path

    def run(self, source: str, **environment: str) -> Any:
        """Submit a relu, run run_autograder, and read the results."""
        for name in ("submission", "results"):
            shutil.rmtree(self.root / name, ignore_errors=True)
            (self.root / name).mkdir()
        (self.root / "submission" / "relu.py").write_text(source, encoding="utf-8")
        script = self.root / "run_autograder"
        done = subprocess.run([script], cwd=self.root, env=self.environment(**environment), capture_output=True)
        assert done.returncode == 0, done.stderr
        return valid((self.root / "results" / "results.json").read_text(encoding="utf-8"))

    def environment(self, **more: str) -> dict[str, str]:
        """What the scripts see: no virtual environment of ours."""
        return {"PATH": os.environ["PATH"], "AUTOGRADER_ROOT": str(self.root), "OMP_NUM_THREADS": "1", **more}


@pytest.fixture(scope="module")
def image(tmp_path_factory: pytest.TempPathFactory) -> Image:
    """The image of an exported zip, built by its own setup.sh.

    Its Python is made beforehand and sees the packages of this one, so that pip finds every requirement met and asks
    no index. The kit itself comes out of the zip.
    """
    folder = tmp_path_factory.mktemp("gradescope")
    small_course(folder, gradescope={"visibility": "visible", "properties": {"nan": "after_published"}})
    assert autograder("export", "gradescope", "--course", folder, "--out", folder / "autograder.zip")[0] == 0
    root = folder / "autograder"
    with zipfile.ZipFile(folder / "autograder.zip") as archive:
        for info in archive.infolist():  # as unzip does, with the modes that Python's own extraction forgets
            Path(archive.extract(info, root / "source")).chmod(info.external_attr >> 16)
    shutil.copy(root / "source" / "run_autograder", root)
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", root / "venv"], check=True)
    built = Image(root)
    site = next((root / "venv").glob("lib/python*/site-packages"))
    (site / "present.pth").write_text(f"{sysconfig.get_path('purelib')}\n", encoding="utf-8")
    done = subprocess.run(
        [root / "source" / "setup.sh"],
        env=built.environment(PIP_NO_INDEX="1", PIP_DISABLE_PIP_VERSION_CHECK="1"),
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert (site / "autograder" / "cli.py").is_file()
    return built


class TestZip:
    def test_names(self, image: Image) -> None:
        """The scripts are executable and at the root; no solution goes along: learners' code runs beside it."""
        with zipfile.ZipFile(image.root.parent / "autograder.zip") as archive:
            modes = {info.filename: info.external_attr >> 16 for info in archive.infolist()}
        assert modes["setup.sh"] == modes["run_autograder"] == 0o755
        assert not [name for name in modes if "solution" in name or "exercises" in name or "__pycache__" in name]
        ours = {path.relative_to(ROOT).as_posix() for path in (ROOT / "autograder").rglob("*.py")}
        assert {f"kit/{name}" for name in ours} <= set(modes)

    def test_same_bytes(self, tmp_path: Path) -> None:
        first, second = tmp_path / "first.zip", tmp_path / "second.zip"
        for path in (first, second):
            autograder("export", "gradescope", "--course", ROOT, "--out", path)
        assert first.read_bytes() == second.read_bytes()

    def test_requirements_are_pinned(self) -> None:
        pinned = dict(line.split("==") for line in frontend.pinned())
        assert {"torch", "hypothesis", "pydantic", "pyyaml", "typer", "rich", "nbformat", "sympy"} <= set(pinned)
        assert not {"nbgrader", "pytest", "notebook"} & set(pinned)
        assert "+" not in pinned["torch"]

    def test_options_are_written_into_the_scripts(self, tmp_path: Path) -> None:
        words = ("--exercise", "relu", "--seed", "5", "--feedback", "names", "--torch-index", "https://a.example/x y")
        out = tmp_path / "a.zip"
        assert autograder("export", "gradescope", "--course", ROOT, "--out", out, *words)[0] == 0
        with zipfile.ZipFile(out) as archive:
            assert b"\noptions=(--exercise relu --seed 5 --feedback names)\n" in archive.read("run_autograder")
            assert b"\nindex=(--extra-index-url 'https://a.example/x y')\n" in archive.read("setup.sh")

    def test_unwritable(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        assert autograder("export", "gradescope", "--course", ROOT, "--out", tmp_path / "no" / "a.zip")[0] == 3
        assert "cannot be written" in capsys.readouterr().err


class TestRun:
    """run_autograder, for real."""

    def test_a_wrong_answer(self, image: Image) -> None:
        results = image.run(LEAKY)
        tests = {test["extra_data"]["property"]: test for test in results["tests"]}
        assert 0 < results["score"] < 10
        assert results["score"] == round(sum(test["score"] for test in tests.values()), 2)
        assert tests["values"]["status"] == "failed"
        assert "expected" in tests["values"]["output"]
        assert tests["shape"]["status"] == "passed"
        assert {tests["nan"]["visibility"], tests["values"]["visibility"]} == {"after_published", "visible"}

    def test_nothing_handed_in(self, tmp_path: Path) -> None:
        """In this process, for the sake of time."""
        small_course(tmp_path / "source")
        (tmp_path / "submission").mkdir()
        assert autograder("ci", "gradescope", "--root", tmp_path)[0] == 1
        results = valid((tmp_path / "results" / "results.json").read_text(encoding="utf-8"))
        assert results["score"] == 0
        assert {test["extra_data"]["verdict"] for test in results["tests"]} == {"missing"}

    def test_a_broken_course_leaves_its_reason(self, image: Image, tmp_path: Path) -> None:
        broken = Image(tmp_path / "autograder")
        shutil.copytree(image.root / "source", broken.root / "source")
        shutil.copy(image.root / "run_autograder", broken.root)
        (broken.root / "venv").symlink_to(image.root / "venv")
        (broken.root / "source" / "course.yaml").write_text("format_version: 1\n", encoding="utf-8")
        results = broken.run(LEAKY)
        assert "course.yaml:1: key=name is missing" in results["output"]
        assert results["score"] == 0

    def test_a_python_that_does_not_start_leaves_word(self, image: Image, tmp_path: Path) -> None:
        """Not even the first line of our Python runs: what is left is the file that the script put there before."""
        broken = Image(tmp_path / "autograder")
        shutil.copytree(image.root / "source", broken.root / "source")
        shutil.copy(image.root / "run_autograder", broken.root)
        results = broken.run(LEAKY)
        assert results["output"].startswith("NOT GRADED")
        assert results["tests"][0]["status"] == "failed"
