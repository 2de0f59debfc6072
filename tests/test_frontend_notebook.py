"""`check` in a notebook: what it grades, what it shows, and what it leaves alone."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import torch

from autograder.errors import UsageError
from autograder.frontends import notebook
from autograder.frontends.graders import close_graders
from autograder.frontends.notebook import Checked, check, of_tier
from autograder.oracle import fresh_settings
from autograder.reporters.cell import render
from autograder.result import Counterexample, ExerciseResult, PropertyResult, Tier, Verdict, Violation
from tests.bank import BANK, ROOT
from tests.hosts import HOSTS, Place, small_course
from tests.notebooks import read_notebook, run_cells, run_notebook, shown, verdicts

IMPORT = "from autograder import check"
HELPER = "import torch\n\ndef keep(x):\n    return torch.where(x <= 0, torch.zeros_like(x), x)"
RIGHT = "def relu(x):\n    return keep(x)"
WRONG = "def relu(x):\n    return torch.abs(x)"
STUB = "def relu(x):\n    raise NotImplementedError"


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder with a course of relu alone, whose grader in this process all tests share."""
    folder = tmp_path_factory.mktemp("course")
    small_course(folder, budget={"cases": 5, "search_calls": 20, "seconds": 10})
    yield folder
    close_graders()


class TestKernel:
    """A real notebook in a real kernel."""

    def test_shows_right_and_wrong(self, place: Path) -> None:
        """A helper from another cell is found, the last definition counts, and a wrong one has its counterexample."""
        (place / "deeper").mkdir()
        nb = run_cells(
            place / "deeper", IMPORT, HELPER, RIGHT, "check(relu)", WRONG, "check(relu)", "relu = 3\ncheck(relu)"
        )
        text, html = shown(nb.cells[3])
        assert "✓ relu" in text
        assert "10 of 10 points" in html
        assert set(verdicts(html).values()) == {Verdict.PASS}
        text, html = shown(nb.cells[5])
        assert "relu(torch.tensor(" in text
        assert "check(relu)" in text
        assert "<pre>relu(torch.tensor(" in html
        assert verdicts(html)["values"] is Verdict.FAIL
        assert verdicts(html)["dtype"] is Verdict.PASS
        error, _ = shown(nb.cells[6])
        assert error.startswith("UsageError: int is no exercise of")

    def test_says_what_autograder_grade_says(self, tmp_path: Path) -> None:
        """Property by property, on a wrong answer."""
        wrong = (BANK / "wrong" / "relu" / "leaky.py").read_text(encoding="utf-8")
        expected = HOSTS[0].grade(Place.make(tmp_path / "grade", wrong))
        place = Place.make(tmp_path / "notebook", wrong)
        run_notebook(place)
        assert read_notebook((place.out / "notebook.ipynb").read_text(encoding="utf-8")) == expected


class Shell:
    """IPython's shell with a history of cells, as far as `check` asks it."""

    def __init__(self, *runs: str) -> None:
        self.history_manager = SimpleNamespace(input_hist_raw=["", *runs])


def relu(x: torch.Tensor) -> torch.Tensor:
    """Stands for what a cell has defined; its source is in the shell's history."""
    return x


relu.__module__ = "__main__"


@pytest.fixture
def say(place: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Checked]:
    """`check(relu)` after some cells, in this process and the course's folder."""
    monkeypatch.chdir(place)

    def after(*runs: str, **options: Any) -> Checked:
        monkeypatch.setattr(notebook, "_shell", lambda: Shell(*runs))
        return check(relu, **options)

    return after


class TestSource:
    """What is taken for the answer."""

    def test_the_last_definition_run_counts(self, say: Callable[..., Checked]) -> None:
        """Whatever its cell's place in the notebook; no more of the notebook than it needs is judged."""
        forbidden = "import matplotlib\nmatplotlib.use('agg')"
        assert say(STUB, forbidden, HELPER, RIGHT, "%matplotlib inline\nprint(relu(1))").passed
        assert say(HELPER, RIGHT, STUB).report.exercises[0].verdict is Verdict.UNIMPLEMENTED

    def test_lines_are_those_of_the_run(self, say: Callable[..., Checked]) -> None:
        report = say(HELPER, "1 + 1", "import torch\n\ndef relu(x):\n    return torch.relu(x)").report
        assert report.exercises[0].verdict is Verdict.FORBIDDEN
        assert "cell 3, line 4: torch.relu" in str(report.exercises[0].message)

    def test_what_no_cell_defines_is_said(self, say: Callable[..., Checked]) -> None:
        result = say("def relu(x):\n    return keep(x)").report.exercises[0]
        assert result.verdict is Verdict.FAIL
        assert "NameError" in repr(result)

    def test_an_imported_file_is_graded_whole(self, say: Callable[..., Checked], place: Path) -> None:
        (place / "work.py").write_text(f"import os\n\n{STUB}\n", encoding="utf-8")
        spec = importlib.util.spec_from_file_location("work", place / "work.py")
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        result = check(module.relu).report.exercises[0]
        assert (result.verdict, result.file) == (Verdict.UNIMPLEMENTED, "work.py")

    def test_what_has_no_source_is_refused(self, say: Callable[..., Checked]) -> None:
        names: dict[str, Any] = {"__name__": "__main__"}
        exec(STUB, names)
        with pytest.raises(UsageError, match="source of relu cannot be found; define it"):
            check(names["relu"])

    def test_a_long_session_keeps_its_newest_cells(self) -> None:
        runs = ["", *("#" * 1000 for _ in range(300)), STUB]
        kept = list(notebook._newest(runs))
        assert kept[-1][:2] == (301, STUB)
        assert 120 < len(kept) <= 132


class TestCheck:
    """What it says, and what it leaves alone."""

    def test_a_tier_alone_is_shown(self, say: Callable[..., Checked]) -> None:
        checked = say(HELPER, RIGHT, tier="stretch")
        assert checked.report.max_score == 2.5
        assert {item.tier for item in checked.report.exercises[0].properties} == {Tier.STRETCH}

    def test_another_tier_is_refused(self, say: Callable[..., Checked]) -> None:
        with pytest.raises(UsageError, match="tier=hard is unknown; it can be core, stretch"):
            say(STUB, tier="hard")

    def test_torch_is_left_as_it_was(self, say: Callable[..., Checked]) -> None:
        """And however the notebook has set it, the verdict is the same."""
        torch.set_default_dtype(torch.float64)
        torch.set_default_device("meta")
        torch.set_num_threads(2)
        torch.set_grad_enabled(False)
        try:
            with fresh_settings():
                made = torch.tensor(1.0)
                assert (made.dtype, made.device.type, torch.get_num_threads()) == (torch.float32, "cpu", 1)
            assert say(HELPER, RIGHT).passed
            assert torch.get_default_dtype() is torch.float64
            assert torch.get_default_device().type == "meta"
            assert torch.get_num_threads() == 2
            assert not torch.is_grad_enabled()
        finally:
            torch.set_default_dtype(torch.float32)
            torch.set_default_device(None)
            torch.set_num_threads(1)
            torch.set_grad_enabled(True)

    def test_nbgrader_validating_sees_a_wrong_answer_fail(
        self, say: Callable[..., Checked], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("NBGRADER_EXECUTION", "validate")
        assert say(HELPER, RIGHT).passed
        with pytest.raises(AssertionError, match="not started"):
            say(STUB)

    def test_no_course_near_is_said(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.chdir(tmp_path)
        with pytest.raises(UsageError, match=r"no course.yaml in .* put the course's beside this notebook"):
            check(relu)

    def test_an_object_of_the_class_will_do(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """`check(CustomLoss())` means the class; what is no exercise is refused with the names of those that are."""
        with pytest.raises(UsageError, match=r"Linear is no exercise of .*CustomLoss"):
            check(torch.nn.Linear(1, 1), course=ROOT)

    def test_the_package_offers_it_and_stays_light(self) -> None:
        code = """
import sys, autograder
assert not {"torch", "pydantic", "rich"} & set(sys.modules), "import autograder"
from autograder import check
assert "torch" not in sys.modules, "from autograder import check"
try:
    autograder.chekc
except AttributeError as error:
    print(error)
"""
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
        assert done.stdout == "module 'autograder' has no attribute 'chekc'\n"


def result(text: str, verdict: Verdict = Verdict.FAIL) -> ExerciseResult:
    """An exercise in which everything that can be text is ``text``."""
    case = Counterexample(call=text, actual=text, expected=text, difference=text, replay=text)
    properties = tuple(
        PropertyResult(
            name=text,
            tier=tier,
            title=text,
            why=text,
            verdict=Verdict.FAIL if tier is Tier.CORE else Verdict.PASS,
            score=0.0 if tier is Tier.CORE else 0.3,
            max_score=0.7 if tier is Tier.CORE else 0.3,
            cases=1,
            message=text,
            counterexample=case,
        )
        for tier in Tier
    )
    return ExerciseResult(
        name=text,
        unit=text,
        file=text,
        verdict=verdict,
        score=0.3,
        max_score=1.0,
        message=text,
        hint=text,
        violations=(Violation(line=1, call=text, message=text),),
        properties=properties,
    )


class TestFragment:
    """The HTML."""

    def test_escapes_everything(self) -> None:
        attack = '<script>alert("x")</script>\x1b[31m\' & \u202e'
        html = render(result(attack))
        assert "<script" not in html
        assert html.count("&lt;script&gt;") == html.count("alert(") > 10
        assert "\x1b" not in html
        assert "\u202e" not in html

    def test_a_fault_of_the_kit_has_no_score(self) -> None:
        html = render(result("x", Verdict.ERROR))
        assert "- of 1 points" in html
        assert "not scored as yours" in html

    def test_a_tier_has_its_own_score_and_verdict(self) -> None:
        parts = {tier: of_tier(result("x"), tier) for tier in Tier}
        scores = {tier: (part.verdict, part.score, part.max_score) for tier, part in parts.items()}
        assert scores == {Tier.CORE: (Verdict.FAIL, 0.0, 0.7), Tier.STRETCH: (Verdict.PASS, 0.3, 0.3)}
