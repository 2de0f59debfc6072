"""What the commands share: their options and exit codes, how a course is found, what a report ends them with.

Every import that costs time stands inside the function that needs it, as in `cli`.
"""

from __future__ import annotations

import difflib
import sys
from collections.abc import Iterable, Sequence
from enum import IntEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from autograder.errors import UsageError
from autograder.reporters.feedback import Feedback

if TYPE_CHECKING:
    from autograder.course import Course, Exercise
    from autograder.result import Report


class ExitCode(IntEnum):
    """What a command ends with."""

    PASSED = 0
    FAILED = 1
    USAGE = 2
    GRADER_FAULT = 3
    INTERRUPTED = 130


EPILOG = (
    "Exit codes: 0 everything passed, 1 something failed, 2 the command or the course file is wrong, "
    "3 the grader itself failed, 130 interrupted."
)
FAULT = "grader fault: this is the kit's mistake, not a learner's"

CoursePath = Annotated[
    Path | None,
    typer.Option("--course", metavar="PATH", help="course.yaml or its folder; else the nearest one upwards"),
]
Exercises = Annotated[list[str] | None, typer.Argument(metavar="EXERCISE", help="else all")]
Seed = Annotated[
    int | None,
    typer.Option("--seed", min=0, max=2**32 - 1, help="draws the cases: same seed, same cases; else the course's"),
]
Properties = Annotated[list[str] | None, typer.Option("--property", help="only this; repeatable")]
AllowWeak = Annotated[
    bool, typer.Option("--allow-weak-sandbox", help="grade though a submission could do harm; see `autograder doctor`")
]
Shown = Annotated[
    Feedback,
    typer.Option("--feedback", help="full: counterexamples and hints; names: properties; score: points only"),
]


def load(path: Path | None) -> Course:
    """The course of a ``--course`` option."""
    from autograder.course import FILE_NAME, find_course, load_course

    if path is None:
        return load_course(find_course())
    return load_course(path / FILE_NAME if path.is_dir() else path)


def choose(course: Course, names: Sequence[str], properties: Sequence[str]) -> tuple[Exercise, ...]:
    """The exercises of those names, all by default; where properties are asked for, those that have one."""
    chosen = course.select(names)
    known = list(dict.fromkeys(name for exercise in chosen for name in exercise.properties))
    for name in properties:
        require_known("property", name, known)
    return tuple(exercise for exercise in chosen if not properties or {*properties} & {*exercise.properties})


def require_known(kind: str, name: str, known: Iterable[str]) -> None:
    """UsageError with the nearest known words where a name is none of them."""
    if name in known:
        return
    near = difflib.get_close_matches(name, known, n=3, cutoff=0.5)
    remedy = f"did you mean {' or '.join(near)}?" if near else f"known are {', '.join(known) or 'none'}"
    raise UsageError(f"{kind}={name} is unknown; {remedy}")


def outcome(reports: Iterable[Report]) -> ExitCode:
    """The exit code of what was graded; a fault of the grader's is said on standard error."""
    from autograder.reporters.text import faulty, passed

    reports = list(reports)
    if any(faulty(report) for report in reports):
        print(f"{FAULT} where the report says so; please report it with those lines", file=sys.stderr)
        return ExitCode.GRADER_FAULT
    return ExitCode.PASSED if all(passed(report) for report in reports) else ExitCode.FAILED
