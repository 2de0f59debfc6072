"""The pytest plugin, in pytest runs of their own: what is collected, how it ends, and that it stays out of the way."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from tests.bank import BANK, ROOT
from tests.hosts import Place

pytest_plugins = ["pytester"]

LEAKY = (BANK / "wrong" / "relu" / "leaky.py").read_text(encoding="utf-8")
STUB = (ROOT / "exercises" / "activations" / "relu.py").read_text(encoding="utf-8")
SEED = "--autograder-seed=3"


@pytest.fixture
def place(pytester: pytest.Pytester) -> Place:
    """A course with a wrong relu in the folder where pytest runs."""
    return Place.make(pytester.path, LEAKY)


def run(pytester: pytest.Pytester, *words: str) -> pytest.RunResult:
    """A run in a process of its own: pytester forgets the modules of a run in this one, and torch loads only once."""
    return pytester.runpytest_subprocess("-p", "no:cacheprovider", *words, timeout=300)


class TestCollection:
    @pytest.mark.usefixtures("place")
    def test_an_item_a_property(self, pytester: pytest.Pytester) -> None:
        result = run(pytester, "--collect-only", "-q", "exercises")
        lines = [line for line in result.outlines if "::" in line]
        assert len(lines) == 20
        assert lines[0] == "exercises/activations/relu.py::values"

    @pytest.mark.usefixtures("place")
    def test_needs_neither_torch_nor_hypothesis(self, pytester: pytest.Pytester) -> None:
        """An editor collects at every keystroke."""
        pytester.makeconftest(
            "import sys\n"
            "def pytest_sessionfinish():\n"
            "    print('heavy:', {'torch', 'hypothesis.strategies'} & {*sys.modules})\n"
        )
        result = run(pytester, "--collect-only", "-q", "-s", "exercises", "-p", "no:hypothesispytest")
        result.stdout.fnmatch_lines(["*heavy: set()*"])

    @pytest.mark.usefixtures("place")
    def test_by_keyword(self, pytester: pytest.Pytester) -> None:
        result = run(pytester, "--collect-only", "-q", "-k", "gradient", "exercises")
        names = [line.split("::")[1] for line in result.outlines if "::" in line]
        assert names == ["gradients", "second-gradients", "stable-gradients"]

    def test_a_file_is_never_imported(self, pytester: pytest.Pytester, place: Place) -> None:
        """Named on the command line, any file is a test module for pytest, and `--doctest-modules` takes all."""
        place.answer.write_text("print('imported')\nraise SystemExit('imported')\n", encoding="utf-8")
        result = run(pytester, "--collect-only", "-q", "-s", "--doctest-modules", "exercises/activations/relu.py")
        assert "imported" not in result.stdout.str() + result.stderr.str()
        assert result.ret == 0

    def test_only_below_exercises(self, pytester: pytest.Pytester, place: Place) -> None:
        """Elsewhere in a course, and in projects without one, pytest does what it always did."""
        for name in ("solutions/activations/relu.py", "elsewhere/relu.py", "exercises/activations/helper.py"):
            path = place.root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text("def test_mine():\n    pass\n", encoding="utf-8")
        place.answer.unlink()
        result = run(pytester, "--collect-only", "-q", "solutions", "exercises", "elsewhere/relu.py")
        assert [line for line in result.outlines if "::" in line] == ["elsewhere/relu.py::test_mine"]

    def test_a_broken_course(self, pytester: pytest.Pytester, place: Place) -> None:
        """The mistake in course.yaml with its line, not a traceback of ours."""
        (place.root / "course.yaml").write_text("format_version: 1\n", encoding="utf-8")
        result = run(pytester, "-q", "exercises")
        result.stdout.fnmatch_lines(["*course.yaml:1: key=name is missing*"])
        assert "Traceback" not in result.stdout.str()
        assert result.ret != 0

    def test_costs_nothing_when_unused(self) -> None:
        """Loading the plugin imports none of the kit but itself."""
        code = (
            "import sys, autograder.frontends.pytest_plugin\n"
            "print(sorted(name for name in sys.modules if name.split('.')[0] in "
            "{'autograder', 'torch', 'pydantic', 'yaml', 'hypothesis', 'numpy'}))"
        )
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
        assert done.stdout == "['autograder', 'autograder.frontends', 'autograder.frontends.pytest_plugin']\n"

    def test_is_installed(self) -> None:
        """Without the entry point the plugin would be found by nobody."""
        assert sys.modules.get("autograder.frontends.pytest_plugin") is not None


class TestOutcomes:
    def test_wrong(self, pytester: pytest.Pytester, place: Place) -> None:
        """The counterexample and nothing of our stack; the seed of the option; the points in the XML."""
        result = run(pytester, "exercises", SEED, "--junitxml=report.xml", "-k", "values or shape")
        result.stdout.fnmatch_lines(
            [
                "*_ relu: values _*",
                "values: failed",
                "*relu(torch.tensor(*",
                "yours *",
                "expected *",
                "replay *--seed 3",
            ]
        )
        result.assert_outcomes(failed=2, passed=1)
        text = result.stdout.str()
        assert "pytest_plugin.py" not in text
        assert "Traceback" not in text
        assert "pytest.fail" not in text
        values = ET.parse(place.root / "report.xml").getroot().find(".//testcase[@name='values']")
        assert values is not None
        assert values.find("failure") is not None
        assert values.find("properties/property[@name='points'][@value='0.0']") is not None

    def test_a_stub_fails_with_one_line_each(self, pytester: pytest.Pytester, place: Place) -> None:
        """Never a skip: a run of skips is green."""
        place.answer.write_text(STUB, encoding="utf-8")
        result = run(pytester, "exercises", "--tb=short", "-rN")
        result.assert_outcomes(failed=20)
        lines = result.outlines
        start = lines.index(next(line for line in lines if "relu: values" in line))
        assert lines[start + 1].startswith("not started yet: open activations/relu.py")
        assert "relu: gradients" in lines[start + 2]
        run(pytester, "-x", "exercises").assert_outcomes(failed=1)

    @pytest.mark.usefixtures("place")
    def test_undecided_is_a_skip_with_its_reason(self, pytester: pytest.Pytester) -> None:
        pytester.makeconftest(
            "from autograder.grade import looks\nlooks.available = lambda: False\n"  # as on a torch without it
        )
        result = run(pytester, "exercises", "-k", "device", "-rs")
        result.assert_outcomes(skipped=1)
        result.stdout.fnmatch_lines(["SKIPPED*could not be checked here, and costs nothing*"])

    @pytest.mark.usefixtures("place")
    def test_a_fault_of_the_grader_is_an_error(self, pytester: pytest.Pytester) -> None:
        pytester.makeconftest(
            "from autograder.errors import SandboxError\n"
            "from autograder.grade import grader\n"
            "def broken(*_):\n    raise SandboxError('no worker today')\n"
            "grader.Grader._run = broken\n"
        )
        result = run(pytester, "exercises", "-k", "values")
        result.assert_outcomes(errors=2)
        result.stdout.fnmatch_lines(["*the grader failed, which is its fault and not yours: no worker today*"])

    @pytest.mark.parametrize("method", ["signal", "thread"])
    @pytest.mark.usefixtures("place")
    def test_out_of_pytest_timeouts_time_is_a_failure_with_its_reason(
        self, pytester: pytest.Pytester, method: str
    ) -> None:
        """It was an exception in the middle of torch's import, which left a broken torch, or the end of the process."""
        pytester.makeconftest(
            "from autograder.grade import Grader\n"
            "grade = Grader.grade\n"
            "def slow(*args):\n"
            "    import time\n"
            "    time.sleep(3)\n"
            "    return grade(*args)\n"
            "Grader.grade = slow\n"
        )
        result = run(pytester, "exercises", "-k", "values", "--timeout=1", f"--timeout-method={method}", "-x")
        result.assert_outcomes(failed=1)
        lines = result.outlines
        start = lines.index(next(line for line in lines if "relu: values" in line))
        assert lines[start + 1] == (
            "not graded within 1 s; the first property waits until the whole exercise is, "
            "so allow more time, such as --timeout=60"
        )
        assert "Traceback" not in result.stdout.str() + result.stderr.str()

    @pytest.mark.usefixtures("place")
    def test_time_enough_changes_nothing(self, pytester: pytest.Pytester) -> None:
        """The grading goes on, and whoever comes once it is done gets its results."""
        result = run(pytester, "exercises", "-k", "shape", "--timeout=200")
        result.assert_outcomes(passed=1)

    @pytest.mark.slow
    def test_with_xdist(self, pytester: pytest.Pytester, place: Place) -> None:
        """With `--dist loadfile` an exercise is graded once, by the worker that has its file."""
        pytester.makeconftest(
            "import os, pathlib\n"
            "from autograder.grade import Grader\n"
            "grade = Grader.grade\n"
            "def counted(*args):\n"
            f"    with pathlib.Path({str(place.out / 'graded')!r}).open('a') as file:\n"
            "        file.write(os.environ['PYTEST_XDIST_WORKER'] + '\\n')\n"
            "    return grade(*args)\n"
            "Grader.grade = counted\n"
        )
        result = run(pytester, "exercises", "-n", "2", "--dist", "loadfile")
        outcomes = result.parseoutcomes()
        assert outcomes["passed"] + outcomes["failed"] == 20
        assert len((place.out / "graded").read_text(encoding="utf-8").splitlines()) == 1


def test_stays_out_of_this_repository(pytester: pytest.Pytester) -> None:
    """The kit's own tests lie beside a course, and none of its submissions is an item."""
    del pytester
    command = [sys.executable, "-m", "pytest", "--collect-only", "-q", "tests/test_readme.py", "tests/submissions"]
    done = subprocess.run(command, cwd=Path(ROOT), capture_output=True, text=True)
    assert {line.split("::")[0] for line in done.stdout.splitlines() if "::" in line} == {"tests/test_readme.py"}
