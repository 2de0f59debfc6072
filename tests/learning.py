"""A learner's copy of the course for tests of the learner's side, and the command line run in it."""

from __future__ import annotations

import shutil
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from autograder import cli
from autograder.course import Course, load_course
from autograder.learner.progress import own_folder
from autograder.result import ExerciseResult, PropertyResult, Report, Tier, Verdict
from autograder.submission import Submission, own_submission

ROOT = Path(__file__).parent.parent
RIGHT_RELU = "import torch\n\n\ndef relu(x):\n    return torch.where(x <= 0, 0.0, x)\n"


def learners_copy(folder: Path, *, cases: int = 5) -> Course:
    """What a learner gets, without the solutions; few cases, for these tests judge no judgement."""
    for name in ("exercises", ".autograder/stubs"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    text = (ROOT / "course.yaml").read_text(encoding="utf-8")
    assert "  cases: 100\n" in text
    (folder / "course.yaml").write_text(text.replace("  cases: 100\n", f"  cases: {cases}\n"), encoding="utf-8")
    for exercise in load_course(folder / "course.yaml").exercises:  # whoever runs this may have written answers
        shutil.copy(folder / ".autograder" / "stubs" / exercise.path, folder / "exercises" / exercise.path)
    return load_course(folder / "course.yaml")


def own(course: Course) -> Submission:
    """The learner's files as they are now."""
    return own_submission(own_folder(course), course)


def result(course: Course, name: str, verdict: Verdict = Verdict.PASS) -> ExerciseResult:
    """What a check of an exercise might have found."""
    exercise = course.exercise(name)
    score = exercise.points if verdict is Verdict.PASS else 1.0
    values = PropertyResult(
        name="values",
        tier=Tier.CORE,
        title="Values are right",
        why="All else rests on them.",
        verdict=verdict,
        score=score,
        max_score=exercise.points,
        cases=1,
    )
    return ExerciseResult(
        name=name,
        unit=exercise.unit,
        file=exercise.path,
        verdict=verdict,
        score=score,
        max_score=exercise.points,
        properties=(values,),
    )


def report(*results: ExerciseResult) -> Report:
    """The report of some exercises."""
    score, most = sum(item.score for item in results), sum(item.max_score for item in results)
    return Report(learner="exercises", sha256="0" * 64, score=score, max_score=most, exercises=results)


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
        monkeypatch.setenv("COLUMNS", "80")

    def __call__(self, *words: str | Path) -> Ran:
        self._monkeypatch.setattr(sys, "argv", ["autograder", *map(str, words)])
        with pytest.raises(SystemExit) as end:
            cli.main()
        said = self._capsys.readouterr()
        return Ran(int(end.value.code or 0), said.out, said.err)
