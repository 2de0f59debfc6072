"""The first screen, 80 x 24: what a beginner who makes one mistake sees last of `check` and of `watch`."""

from __future__ import annotations

import functools
import re
from pathlib import Path

import pytest
from rich.cells import chop_cells

from autograder.course import Course, Exercise
from autograder.grade import Grader
from autograder.learner.checker import Checked
from autograder.learner.watch import Loop, Touched
from autograder.reporters.console import render_report
from autograder.result import ExerciseResult, PropertyResult, Report
from autograder.submission import Source, Submission
from tests.bank import course as kit_course
from tests.inprocess import InProcessSandbox
from tests.learning import learners_copy, own
from tests.mistakes import EXCEPTIONS, function

ROWS, COLUMNS = 24, 80
_REGRESSION = "input, target, *, reduction='mean'"
_LOSS = "if reduction == 'none': return {0};return {0}.sum() if reduction == 'sum' else {0}.mean()"
MISTAKES = {
    "a sign": ("sigmoid", function("sigmoid", "return 1 / (1 + torch.exp(x))")),
    "float32 throughout": ("sigmoid", function("sigmoid", "x = x.float();return 1 / (1 + torch.exp(-x))")),
    "the textbook's formula": ("sigmoid", function("sigmoid", "return 1 / (1 + torch.exp(-x))")),
    "a leaky relu": ("relu", function("relu", "return torch.where(x > 0, x, 0.01 * x)")),
    "a tanh without its factor": ("tanh", function("tanh", "e = torch.exp(x);return (e - 1) / (e + 1)")),
    "an absolute error": ("mse_loss", function("mse_loss", _LOSS.format("(input - target).abs()"), _REGRESSION)),
    "the mean alone": ("mse_loss", function("mse_loss", "return ((input - target) ** 2).mean()", _REGRESSION)),
    "a swapped sum": ("mse_loss", function("mse_loss", "return ((input - target) ** 2).sum()", _REGRESSION)),
    **{
        mistake.name: (mistake.exercise, mistake.source)
        for mistake in EXCEPTIONS
        if mistake.name in {"foward", "a hat for a power", "if on a tensor", "torch.max with a dim", "math.exp"}
    },
}


@functools.cache
def graded(name: str) -> Report:
    """The report of one exercise, by all of its properties."""
    exercise, source = MISTAKES[name]
    return grader(exercise).grade(submission(exercise, source))


@functools.cache
def grader(exercise: str) -> Grader:
    course = kit_course()
    return Grader(course, exercises=[course.exercise(exercise)], seed=0, sandbox=InProcessSandbox())


def submission(exercise: str, source: str) -> Submission:
    return Submission("exercises", {exercise: Source(source, kit_course().exercise(exercise).path)}, {}, (), "0" * 64)


def screen(text: str) -> str:
    """What is left of a text on the screen once the prompt, or the cursor, stands below it."""
    rows = [row for line in text.splitlines() for row in chop_cells(line, COLUMNS) or [""]]
    return "\n".join(rows[-(ROWS - 1) :])


def seen_last(text: str, exercise: ExerciseResult) -> None:
    """The failing property, every line to paste, both sides, the diagnosis; and above them a line of what holds."""
    last = screen(text)
    joined, flat = last.replace("\n", ""), " ".join(last.split())
    first = next(item for item in exercise.properties if item.counterexample)
    assert f"  {first.name}: failed" in last
    assert first.message is not None
    assert " ".join(first.message.split()) in flat
    assert first.counterexample is not None
    for line in first.counterexample.call.splitlines():
        assert line in joined, line
    assert "    yours  " in last
    if exercise.diagnosis:
        assert f"Your code behaves exactly like {exercise.diagnosis}." in flat
    rest = [item for item in exercise.properties if item is not first]
    assert len(re.findall(r"^  .*--all lists them$", text, re.MULTILINE)) == any(map(holds_or_waits, rest))
    assert text.index("✗") < text.index(f"  {first.name}: failed")
    assert "✓" not in text


def holds_or_waits(result: PropertyResult) -> bool:
    return result.verdict in ("pass", "skipped")


@pytest.mark.parametrize("name", MISTAKES)
def test_what_check_leaves_on_the_screen(name: str) -> None:
    report = graded(name)
    seen_last(render_report(report, width=COLUMNS), report.exercises[0])


class Answering:
    """A checker that has the answer at hand."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def prepare(self, exercise: Exercise) -> None:
        """Nothing to draw."""

    def check(self, exercise: Exercise) -> None:
        self.asked.append(exercise.name)


@pytest.fixture(name="copy")
def made_copy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Course:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", str(COLUMNS))
    return learners_copy(tmp_path)


@pytest.mark.parametrize("name", MISTAKES)
def test_what_watch_leaves_on_the_screen(name: str, copy: Course, capsys: pytest.CaptureFixture[str]) -> None:
    exercise, source = MISTAKES[name]
    checks = Answering()
    loop = Loop(copy, checks, typed=True)
    loop.begin(copy.exercise(exercise))
    (copy.path.parent / "exercises" / copy.exercise(exercise).path).write_text(source, encoding="utf-8")
    loop.react(Touched())
    assert checks.asked == [exercise]
    capsys.readouterr()
    report = graded(name)
    loop.react(Checked(copy.exercise(exercise), own(copy), report))
    said = capsys.readouterr().out
    seen_last(said, report.exercises[0])
    assert "q quit" in said.splitlines()[-1]


PRINTING = """import torch


def sigmoid(x):
    y = torch.exp(x)
    print("y is", y.shape)
    for number in range(30):
        print("\\x1b[2Jstep", number)
    return 1 / (1 + y)
"""


def test_what_the_learner_prints_is_shown_and_cut() -> None:
    """Of the call that is shown, and no more than leaves the rest on the screen."""
    report = grader("sigmoid").grade(submission("sigmoid", PRINTING))
    case = next(item.counterexample for item in report.exercises[0].properties if item.counterexample)
    assert case is not None
    assert case.call == "sigmoid(torch.tensor([1.0], dtype=torch.float64))"
    text = render_report(report, width=COLUMNS)
    seen_last(text, report.exercises[0])
    assert "    printed         y is torch.Size([1])\n                    step 0\n" in screen(text)
    assert "step 3" not in text
    assert "step 29" in render_report(report, width=COLUMNS, everything=True)
    assert all(
        item.counterexample.printed is None for item in report.exercises[0].properties[1:] if item.counterexample
    )


def test_who_prints_nothing_is_shown_nothing() -> None:
    silent = PRINTING.replace("print(", "str(").replace("def sig", "print = None\n\n\ndef sig")
    for source in (silent, MISTAKES["a sign"][1]):
        report = grader("sigmoid").grade(submission("sigmoid", source))
        assert not re.search(r"^ +printed ", render_report(report, width=COLUMNS), re.MULTILINE)


def test_all_is_a_line_for_each_property() -> None:
    report = graded("a sign")
    text = render_report(report, width=COLUMNS, everything=True)
    first, *rest = report.exercises[0].properties
    assert f"  {first.name}: failed" in screen(text)
    for item in rest:
        assert re.search(rf"^  \S  {re.escape(item.name)} ", text, re.MULTILINE), item.name
