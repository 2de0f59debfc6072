"""The command line: exit codes, one line for a mistake, and the whole way from a class folder to a report."""

import os
import pty
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from typer.main import get_command

from autograder import __version__, cli
from autograder.options import outcome
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


def commands(command: object, *before: str) -> Iterator[tuple[str, ...]]:
    """Every command and group, as it is typed."""
    yield before
    for name, below in getattr(command, "commands", {}).items():
        yield from commands(below, *before, name)


@pytest.mark.parametrize("words", [*commands(get_command(cli.app))], ids=" ".join)
def test_h_is_help_everywhere(words: tuple[str, ...], run: Cli) -> None:
    short, long = run(*words, "-h"), run(*words, "--help")
    assert short == long
    assert short.code == 0
    assert re.search(" ".join(["Usage: .*autograder", *words, r"\[OPTIONS\]"]), short.out)


@pytest.mark.parametrize("columns", ["0", "00", "1", "-80", "wide", "²", ""])
@pytest.mark.parametrize("words", [["list"], ["--help"], ["show", "FOLDER", "ann"]], ids=lambda words: words[0])
def test_a_width_that_is_none_is_as_good_as_unknown(
    words: list[str], columns: str, run: Cli, graded: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """COLUMNS=0, which some editors and build servers set, left nothing to read."""
    words = [word.replace("FOLDER", str(graded)) for word in words]
    usual = run(*words)
    monkeypatch.setenv("COLUMNS", columns)
    assert run(*words) == usual
    assert len(usual.out) > 100


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
    reports = tuple(_report(learner, verdict) for learner, verdict in (("ann", Verdict.PASS), ("bob", Verdict.FAIL)))
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
            ended = subprocess.run([sys.executable, "-c", code, " ".join(words)], capture_output=True, text=True)
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
            (["grade", "tests/sample_class", "--out", "{tmp}/out", "--exercise", "sigmod"], "did you mean sigmoid?"),
            (["grade", "tests/sample_class", "--out", "{tmp}/out", "--jobs", "0"], "--jobs"),
            (["grade", "tests/sample_class", "--out", "{tmp}/file/out"], "cannot be written: Not a directory"),
            (["grade", "tests/sample_class", "--out", "{tmp}/file"], "cannot be written: File exists"),
            (["grade", "tests/sample_class", "--out", "{tmp}/taken"], "holds a folder named results.json"),
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
        assert "values: failed\n  Values are right\n  The value at 0 is wrong." in ended.out
        assert ended.out.endswith("bob: 0 / 10, 1 failed\n")

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
        """Where "✓" cannot be printed the report still comes, with "+"."""
        ended = subprocess.run(
            [*COMMAND, "show", str(graded), "ann"],
            capture_output=True,
            env={**os.environ, "PYTHONIOENCODING": "ascii"},
        )
        assert ended.returncode == 0
        assert ended.stdout.startswith(b"+ relu")

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


class TestExitCode:
    @pytest.mark.parametrize(
        ("verdict", "code"),
        [(Verdict.PASS, 0), (Verdict.UNDECIDED, 0), (Verdict.FAIL, 1), (Verdict.ERROR, 3)],
    )
    def test_worst_report_counts(self, verdict: Verdict, code: int) -> None:
        """A grader fault outweighs every failure; what could not be decided is none."""
        reports = [_report("ann", Verdict.PASS), _report("bob", verdict)]
        assert outcome(reports) == code
        assert outcome([*reports, _report("cy", Verdict.FAIL)]) == max(code, 1)


# --- the real engine ---


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The kit's course with few cases, for these tests judge the command and not the judgement."""
    path = tmp_path_factory.mktemp("course") / "course.yaml"
    text = (ROOT / "course.yaml").read_text(encoding="utf-8")
    assert "  cases: 100\n" in text
    path.write_text(text.replace("  cases: 100\n", "  cases: 5\n"), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def class_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Four learners of the sample class."""
    folder = tmp_path_factory.mktemp("class")
    for learner in ("all-right", "textbook", "untouched", "no-files"):
        shutil.copytree(ROOT / "tests" / "sample_class" / learner, folder / learner)
    return folder


def _finish(*words: str | Path) -> Ran:
    """Run a command in a process of its own, its output in pipes."""
    ended = subprocess.run([*COMMAND, *map(str, words)], capture_output=True, text=True, cwd=ROOT, timeout=300)
    return Ran(ended.returncode, ended.stdout, ended.stderr)


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where ``ended`` writes; not there before."""
    return tmp_path_factory.mktemp("graded") / "new" / "folder"


@pytest.fixture(scope="module")
def ended(out: Path, class_folder: Path, course: Path) -> Ran:
    """A class graded once for all tests that look at what came of it."""
    return _finish("grade", class_folder, "--out", out, "--course", course, "--exercise", "relu")


class TestGrade:
    def test_ends_with_failures(self, ended: Ran) -> None:
        assert ended.code == 1

    def test_progress_line_a_learner(self, ended: Ran) -> None:
        """Without a terminal each learner is one line on standard error, in the order in which they end."""
        lines = ended.err.splitlines()
        assert [line.split()[0] for line in lines] == ["[1/4]", "[2/4]", "[3/4]", "[4/4]"]
        assert {line.split(maxsplit=1)[1] for line in lines} >= {
            "all-right  10/10",
            "untouched  0/10",
            "no-files  0/10",
        }

    def test_table_on_standard_output(self, ended: Ran) -> None:
        assert "all-right   10 ✓     10\n" in ended.out
        assert "untouched    0 ·      0\n" in ended.out
        assert "no-files     0 -      0\n" in ended.out
        assert "4 learners, 1 passed everything" in ended.out

    def test_files(self, ended: Ran, out: Path) -> None:
        """Two files, the reports, nothing half-written beside them; the gradebook says what the table says."""
        assert ended.out.endswith(f"wrote {out / 'results.json'} and {out / 'gradebook.csv'}\n")
        assert sorted(path.name for path in out.iterdir()) == ["gradebook.csv", "reports", "results.json"]
        assert {path.stem for path in (out / "reports").iterdir()} == {"all-right", "textbook", "untouched", "no-files"}
        book = json_reporter.parse((out / "results.json").read_text(encoding="utf-8"))
        verdicts = {report.learner: report.exercises[0].verdict for report in book.submissions}
        assert verdicts == {
            "all-right": Verdict.PASS,
            "textbook": Verdict.FAIL,
            "untouched": Verdict.UNIMPLEMENTED,
            "no-files": Verdict.MISSING,
        }
        rows = (out / "gradebook.csv").read_text(encoding="utf-8").splitlines()
        assert rows[0] == "learner,relu,total,max,verdicts"
        assert rows[1] == "all-right,10,10,10,1 pass"

    @pytest.mark.usefixtures("ended")
    def test_show(self, out: Path) -> None:
        """The failing learner's report shows a case with its command, from the file alone."""
        shown = _finish("show", out, "textbook")
        assert shown.code == 0
        assert "replay          autograder check relu --property" in shown.out

    def test_terminal_and_feedback(self, tmp_path: Path, class_folder: Path, course: Path) -> None:
        """A terminal gets a bar instead of lines; `--feedback` redacts the file too, to hand it out."""
        words = ("--course", course, "--exercise", "relu", "--feedback", "score")
        said = _on_terminal([*COMMAND, "grade", *map(str, (class_folder, "--out", tmp_path, *words))], {})
        assert "━" in said
        assert "4/4" in said
        assert "[4/4]" not in said
        book = json_reporter.parse((tmp_path / "results.json").read_text(encoding="utf-8"))
        assert [report.score for report in book.submissions][::3] == [10, 0]
        assert all(not exercise.properties for report in book.submissions for exercise in report.exercises)

    def test_interrupted(self, tmp_path: Path, course: Path) -> None:
        """Ctrl-C ends 130 with one line and leaves no results that look whole."""
        folder = tmp_path / "class"
        shutil.copytree(ROOT / "tests" / "sample_class" / "endless-loop", folder / "endless")
        shutil.copytree(ROOT / "tests" / "sample_class" / "no-files", folder / "absent")
        words = ("grade", folder, "--out", tmp_path / "out", "--course", course, "--exercise", "tanh")
        with subprocess.Popen(
            [*COMMAND, *map(str, words)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=ROOT
        ) as process:
            assert process.stderr is not None
            assert "absent" in process.stderr.readline()
            process.send_signal(signal.SIGINT)
            _, err = process.communicate(timeout=60)
        assert process.returncode == 130
        assert err.startswith("interrupted: 1 of 2 learners are done and kept; to go on: ")
        assert err.count("\n") == 1
        assert [path.name for path in (tmp_path / "out").iterdir()] == ["reports"]


class TestCheck:
    def test_stubs(self, course: Path) -> None:
        """The stubs as handed out are not started, which is no failure of a property but no pass either."""
        ended = _finish("check", "tanh", "--course", course, "--folder", "exercises")
        assert ended.code == 1, ended
        assert "0 / 12  not started" in ended.out
        assert "autograder check tanh" in ended.out

    def test_passes(self, course: Path) -> None:
        """`kink` is a property of relu alone, so with it relu alone is checked, and right answers end 0."""
        ended = _finish("check", "--property", "kink", "--course", course, "--folder", "solutions")
        assert ended.code == 0, ended
        assert [line.split()[1] for line in ended.out.splitlines() if line.startswith("✓")] == ["relu"]
        assert ended.out.endswith("1 passed\n")
