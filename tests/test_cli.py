"""The command line: exit codes, one line for a mistake, and the whole way from a class folder to a report."""

import os
import pty
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from autograder import __version__, cli
from autograder.reporters import json as json_reporter
from autograder.result import (
    CourseInfo,
    ExerciseResult,
    Gradebook,
    PropertyResult,
    Report,
    RunInfo,
    SandboxInfo,
    Tier,
    Verdict,
)

ROOT = Path(__file__).parent.parent
COMMAND = (sys.executable, "-m", "autograder")


@dataclass(frozen=True)
class Ran:
    """How a command ended."""

    code: int
    out: str
    err: str


class Cli:
    """Runs commands in this process, as the console script would."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
        self._monkeypatch, self._capsys = monkeypatch, capsys

    def __call__(self, *words: str | Path) -> Ran:
        self._monkeypatch.setattr(sys, "argv", ["autograder", *map(str, words)])
        with pytest.raises(SystemExit) as end:
            cli.main()
        said = self._capsys.readouterr()
        return Ran(int(end.value.code or 0), said.out, said.err)


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Cli:
    """The command line, at 80 columns and without colour."""
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.chdir(ROOT)
    return Cli(monkeypatch, capsys)


@pytest.fixture
def graded(tmp_path: Path) -> Path:
    """A folder as `grade` leaves it, with a passing and a failing learner."""
    run = RunInfo(
        seed=0,
        kit=__version__,
        torch="2",
        python="3",
        hypothesis="6",
        sandbox=SandboxInfo(level="full", layers={}),
        device="simulated",
    )
    reports = tuple(
        _report(learner, verdict) for learner, verdict in (("ann", Verdict.PASS), ("bob", Verdict.FAIL))
    )
    book = Gradebook(course=CourseInfo(name="c", sha256="0" * 64), run=run, submissions=reports)
    (tmp_path / "results.json").write_text(json_reporter.render(book), encoding="utf-8")
    return tmp_path


def _report(learner: str, verdict: Verdict) -> Report:
    score = 10 if verdict is Verdict.PASS else 0
    values = PropertyResult(
        name="values",
        tier=Tier.CORE,
        title="Values are right",
        why="All else rests on them.",
        verdict=verdict,
        score=score,
        max_score=10,
        cases=100,
        message=None if score else "The value at 0 is wrong.",
    )
    exercise = ExerciseResult(
        name="relu",
        unit="activations",
        file="activations/relu.py",
        verdict=verdict,
        score=score,
        max_score=10,
        properties=(values,),
    )
    return Report(learner=learner, sha256="0" * 64, score=score, max_score=10, exercises=(exercise,))


class TestStart:
    def test_help_is_light(self) -> None:
        """`--help` of every level brings none of the heavy packages along: torch alone takes 2 s."""
        heavy = {"torch", "hypothesis", "nbformat", "yaml", "autograder.result"}
        for words in (["--help"], ["check", "--help"], ["grade", "--help"], ["dev", "--help"]):
            code = (
                "import sys; from autograder.cli import main; sys.argv[1:] = sys.argv[1].split(' ')\n"
                "try: main()\n"
                f"except SystemExit as end: print(end.code, {heavy!r} & {{*sys.modules}}, file=sys.stderr)"
            )
            ended = subprocess.run(
                [sys.executable, "-c", code, " ".join(words)], capture_output=True, text=True
            )
            assert ended.stderr == "0 set()\n"

    def test_version(self, run: Cli) -> None:
        assert run("--version") == Ran(0, f"autograder {__version__}\n", "")

    def test_help_states_the_exit_codes(self, run: Cli) -> None:
        for command in ((), ("check",), ("grade",)):
            assert "3 the grader itself failed" in " ".join(run(*command, "--help").out.split())

    def test_module(self) -> None:
        """`python -m autograder` is the command."""
        ended = subprocess.run([*COMMAND, "--version"], capture_output=True, text=True)
        assert ended.stdout == f"autograder {__version__}\n"


class TestUsage:
    """A mistake in the command ends 2 with the fact and the remedy, before anything is graded."""

    @pytest.mark.parametrize(
        ("words", "says"),
        [
            (["chek"], "Did you mean 'check'"),
            (["check", "sigmod"], "did you mean sigmoid?"),
            (["check", "relu", "--property", "value"], "property=value is unknown; did you mean values or"),
            (["check", "--seed", "-1"], "--seed"),
            (["check", "--feedback", "all"], "--feedback"),
            (["check", "--folder", "nowhere"], "folder=nowhere does not exist"),
            (
                ["check", "--course", "nowhere/course.yaml"],
                "nowhere/course.yaml: the course file does not exist",
            ),
            (["check", "--course", "tests"], "course.yaml: the course file does not exist"),
            (["grade", "nowhere", "--out", "{tmp}/out"], "folder=nowhere does not exist"),
            (["grade", "{tmp}", "--out", "{tmp}/out"], "lies in the submissions"),
            (["grade", "tests", "--out", "{tmp}/out", "--exercise", "sigmod"], "did you mean sigmoid?"),
            (["grade", "tests", "--out", "{tmp}/out", "--jobs", "0"], "--jobs"),
            (["grade", "tests", "--out", "{tmp}/file/out"], "cannot be written: Not a directory"),
            (["grade", "tests", "--out", "{tmp}/file"], "cannot be written: File exists"),
            (["grade", "tests", "--out", "{tmp}/taken"], "holds a folder named results.json"),
            (["grade", "tests"], "--out"),
            (["show", "{tmp}", "ann"], "results.json cannot be read: No such file or directory"),
        ],
    )
    def test_mistake(self, run: Cli, tmp_path: Path, words: list[str], says: str) -> None:
        (tmp_path / "file").touch()
        (tmp_path / "taken" / "results.json").mkdir(parents=True)
        ended = run(*(word.replace("{tmp}", str(tmp_path)) for word in words))
        assert ended.code == 2
        assert says in ended.err
        assert "Traceback" not in ended.err
        assert not ended.out

    def test_mistake_in_the_course_file(self, run: Cli, tmp_path: Path) -> None:
        """A course that does not load is a usage mistake with its line."""
        (tmp_path / "course.yaml").write_text("format_version: 1\nnaem: x\n")
        ended = run("check", "--course", tmp_path)
        assert ended.code == 2
        assert "course.yaml:2: key=naem" in ended.err

    def test_no_course(self, run: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.chdir(tmp_path)
        assert run("check").code == 2


class TestShow:
    def test_report(self, run: Cli, graded: Path) -> None:
        """Showing is not grading: it ends 0 whatever the report says."""
        ended = run("show", graded, "bob")
        assert ended.code == 0
        assert "values: failed  Values are right\n  The value at 0 is wrong." in ended.out
        assert ended.out.endswith("bob: 0 / 10\n1 failed\n")

    @pytest.mark.parametrize(
        ("level", "kept"), [("full", {"0 is wrong", "values"}), ("names", {"values"}), ("score", set())]
    )
    def test_feedback(self, run: Cli, graded: Path, level: str, kept: set[str]) -> None:
        out = run("show", graded, "bob", "--feedback", level).out
        assert {word for word in ("0 is wrong", "values") if word in out} == kept
        assert "0 / 10" in out

    def test_wrong_learner(self, run: Cli, graded: Path) -> None:
        ended = run("show", graded, "bop")
        assert ended == Ran(2, "", "error: learner=bop is unknown; did you mean bob?\n")

    def test_damaged_file(self, run: Cli, graded: Path) -> None:
        (graded / "results.json").write_bytes(b"\xff")
        assert "is damaged: it is not UTF-8" in run("show", graded, "bob").err

    def test_narrow_output_encoding(self, graded: Path) -> None:
        """Where "✓" cannot be printed the report still comes, with "?"."""
        ended = subprocess.run(
            [*COMMAND, "show", str(graded), "ann"],
            capture_output=True,
            env={**os.environ, "PYTHONIOENCODING": "ascii"},
        )
        assert ended.returncode == 0
        assert ended.stdout.startswith(b"? relu")

    def test_colour_on_a_terminal_only(self, graded: Path) -> None:
        """A pipe gets plain text, a terminal colours, NO_COLOR none."""
        words = [*COMMAND, "show", str(graded), "bob"]
        assert "\x1b[" not in subprocess.run(words, capture_output=True, text=True).stdout
        assert "\x1b[" in _on_terminal(words, {})
        assert "\x1b[" not in _on_terminal(words, {"NO_COLOR": "1"})


def _on_terminal(words: list[str], extra: dict[str, str]) -> str:
    """What a command writes to a terminal on its standard output and error."""
    ours, its = pty.openpty()
    env = {**os.environ, "TERM": "xterm-256color", **extra}
    with subprocess.Popen(words, stdout=its, stderr=its, stdin=its, env=env) as process:
        os.close(its)
        said = b""
        while chunk := _read(ours):
            said += chunk
    os.close(ours)
    assert process.returncode in {0, 1}, said
    return said.decode()


def _read(descriptor: int) -> bytes:
    try:
        return os.read(descriptor, 4096)
    except OSError:  # Linux says "input/output error" when the other side of a terminal is gone
        return b""


class TestGraderFault:
    """What the grader does wrong ends 3 in one line that says whose fault it is."""

    @pytest.fixture
    def broken(self, monkeypatch: pytest.MonkeyPatch) -> None:
        def fail(_text: str) -> Gradebook:
            raise RuntimeError("out of cheese")

        monkeypatch.setattr(json_reporter, "parse", fail)

    @pytest.mark.usefixtures("broken")
    def test_one_line(self, run: Cli, graded: Path) -> None:
        ended = run("show", graded, "a b")
        assert ended.code == 3
        assert ended.err.startswith(
            "grader fault: this is the kit's mistake, not a learner's: RuntimeError: out of cheese"
        )
        assert ended.err.endswith(f"`autograder --debug show {graded} 'a b'`\n")
        assert ended.err.count("\n") == 1

    @pytest.mark.usefixtures("broken")
    def test_traceback_on_demand(self, run: Cli, graded: Path) -> None:
        ended = run("--debug", "show", graded, "ann")
        assert ended.code == 3
        assert "Traceback" in ended.err
        assert "autograder --debug show" in ended.err


class TestDev:
    def test_course_is_sound(self, run: Cli) -> None:
        """The course that the kit ships has no problem."""
        assert run("dev", "check") == Ran(0, "", "")
