"""``check`` for Jupyter and Colab: grade what a cell defines, and show the result below the cell that asks.

What is graded is what `autograder grade` would cut out of the notebook: the last definition of the symbol among the
cells that were run, in the order in which they ran, and what it needs of them. A name that only a magic or a star
import gave is not there, and the counterexample says so: ``NameError``. Cells are numbered as Jupyter numbers runs.
"""

from __future__ import annotations

import hashlib
import inspect
import os
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from autograder.course import FILE_NAME, Course, Exercise, find_course, load_course
from autograder.errors import UsageError
from autograder.frontends.graders import grader_for
from autograder.language import _
from autograder.reporters import cell
from autograder.reporters.console import render_report
from autograder.result import ExerciseResult, PropertyResult, Report, Tier, Verdict
from autograder.submission import MAX_CODE, Cell, Source, Submission, read_cells

_WIDTH = 80


@dataclass(frozen=True, repr=False)
class Checked:
    """What `check` found; a notebook shows it as HTML, a terminal as text."""

    report: Report

    @property
    def passed(self) -> bool:
        """Whether every property holds."""
        return self.report.score == self.report.max_score and self.report.exercises[0].verdict is not Verdict.ERROR

    def __repr__(self) -> str:
        return render_report(self.report, width=_WIDTH, everything=True)

    def _repr_html_(self) -> str:
        return "".join(map(cell.render, self.report.exercises))


def check(
    answer: object, *, tier: str | None = None, seed: int | None = None, course: str | Path | None = None
) -> Checked:
    """Grade a function or class of this notebook by the course's exercise of that name.

    Args:
        answer: the function or class; ``check(sigmoid)``, not ``check(sigmoid(x))``.
        tier: ``"core"`` or ``"stretch"`` shows these properties alone.
        seed: draws the cases; the course's when None.
        course: course.yaml or its folder; else the nearest one upwards of the working directory.

    """
    if tier not in {None, *Tier}:
        raise UsageError(_("tier={tier} is unknown; it can be {known}").format(tier=tier, known=", ".join(Tier)))
    answer = answer if hasattr(answer, "__name__") else type(answer)
    chosen = _course(course)
    exercise = _exercise(chosen, str(getattr(answer, "__name__", answer)))
    source = _source(answer, exercise)
    digest = hashlib.sha256(source.text.encode()).hexdigest()
    submission = Submission("you", {exercise.name: source}, {}, (), digest)

    from autograder.oracle import fresh_settings

    with fresh_settings():
        (result,) = grader_for(chosen, [exercise], seed).grade(submission).exercises
    shown = _replayed(result if tier is None else of_tier(result, Tier(tier)), exercise, seed)
    score, most = shown.score, shown.max_score
    checked = Checked(Report(learner="you", sha256=digest, score=score, max_score=most, exercises=(shown,)))
    if os.environ.get("NBGRADER_EXECUTION") and not checked.passed:
        # nbgrader's Validate button takes a cell that shows whatever text, and raises nothing, for a right one.
        raise AssertionError(f"\n{checked!r}")
    return checked


def of_tier(result: ExerciseResult, tier: Tier) -> ExerciseResult:
    """The part of a result that belongs to one tier."""
    kept = tuple(item for item in result.properties if item.tier is tier)
    holds = all(item.verdict in {Verdict.PASS, Verdict.UNDECIDED} for item in kept)
    return result.model_copy(
        update={
            "verdict": Verdict.PASS if holds else result.verdict,
            "score": sum(round(item.score * 100) for item in kept) / 100,
            "max_score": sum(round(item.max_score * 100) for item in kept) / 100,
            "hint": None if holds else result.hint,
            "diagnosis": None if holds else result.diagnosis,
            "properties": kept,
        }
    )


def _course(path: str | Path | None) -> Course:
    if path is not None:
        named = Path(path)
        return load_course(named / FILE_NAME if named.is_dir() else named)
    try:
        found = find_course()
    except UsageError:
        fact = _(
            "no {file} in {folder} or a folder above it; put the course's beside this notebook, or name it: course=PATH"
        )
        raise UsageError(fact.format(file=FILE_NAME, folder=Path.cwd())) from None
    return load_course(found)


def _exercise(course: Course, symbol: str) -> Exercise:
    symbols = {exercise.symbol: exercise for exercise in course.exercises}
    if symbol not in symbols:
        fact = _("{symbol} is no exercise of '{course}'; give check the function or class itself, one of {known}")
        raise UsageError(fact.format(symbol=symbol, course=course.name, known=", ".join(symbols)))
    return symbols[symbol]


def _source(answer: object, exercise: Exercise) -> Source:
    """The source of an answer: cut out of the cells that were run, or the whole file that it was imported from."""
    shell = _shell()
    if shell is not None and getattr(answer, "__module__", None) == "__main__":
        runs = shell.history_manager.input_hist_raw
        source = read_cells(_newest(runs), _("this notebook")).source(exercise.symbol)
        if source is not None:
            return source
    try:
        path = inspect.getsourcefile(answer)  # type: ignore[arg-type]  # TypeError for what has no source is handled
    except TypeError:
        path = None
    if path is None or not Path(path).is_file():
        fact = _(
            "the source of {symbol} cannot be found; "
            "define it with def or class in a cell of this notebook, and run that cell"
        )
        raise UsageError(fact.format(symbol=exercise.symbol))
    return Source(Path(path).read_text(encoding="utf-8"), Path(path).name)


def _shell() -> Any:  # noqa: ANN401  # IPython's shell; None where IPython does not run
    ipython = sys.modules.get("IPython")
    return None if ipython is None else ipython.get_ipython()


def _newest(runs: Sequence[str]) -> Iterator[Cell]:
    """Runs of cells with their numbers, oldest first: as many of the newest as a notebook may hold code."""
    size, first = 0, len(runs)
    while first and size + len(runs[first - 1]) <= MAX_CODE:
        first -= 1
        size += len(runs[first])
    return (Cell(number, runs[number]) for number in range(first, len(runs)))


def _replayed(result: ExerciseResult, exercise: Exercise, seed: int | None) -> ExerciseResult:
    """The result with counterexamples that name the call to see them again here, not the command."""
    again = f"check({exercise.symbol})" if seed is None else f"check({exercise.symbol}, seed={seed})"

    def replayed(item: PropertyResult) -> PropertyResult:
        if item.counterexample is None:
            return item
        return item.model_copy(update={"counterexample": item.counterexample.model_copy(update={"replay": again})})

    return result.model_copy(update={"properties": tuple(map(replayed, result.properties))})
