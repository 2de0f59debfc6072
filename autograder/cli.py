"""Commands to functions, verdicts to exit codes.

Every import that costs time stands inside the command that needs it: `--help` answers without torch,
Hypothesis, nbformat or pydantic.
"""

from __future__ import annotations

import contextlib
import difflib
import io
import os
import shlex
import sys
import traceback
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import IntEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from autograder import __version__
from autograder.errors import GraderError, UsageError
from autograder.reporters.feedback import Feedback, redact

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


_EPILOG = (
    "Exit codes: 0 everything passed, 1 something failed, 2 the command or the course file is wrong, "
    "3 the grader itself failed, 130 interrupted."
)
_RESULTS = "results.json"
_GRADEBOOK = "gradebook.csv"
_FAULT = "grader fault: this is the kit's mistake, not a learner's"
_JOBS = min(4, os.cpu_count() or 1)

app = typer.Typer(
    help="Grades PyTorch exercises property by property against torch.nn.",
    epilog=_EPILOG,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
dev = typer.Typer(help="For authors of a course: stubs, checks and the schema of course.yaml.", no_args_is_help=True)
app.add_typer(dev, name="dev")

CoursePath = Annotated[
    Path | None,
    typer.Option("--course", metavar="PATH", help="course.yaml or its folder; else the nearest one upwards"),
]
Seed = Annotated[
    int | None,
    typer.Option("--seed", min=0, max=2**32 - 1, help="draws the cases: same seed, same cases; else the course's"),
]
Properties = Annotated[list[str] | None, typer.Option("--property", help="only this; repeatable")]
Shown = Annotated[
    Feedback,
    typer.Option("--feedback", help="full: counterexamples and hints; names: properties; score: points only"),
]


@dataclass
class _Invocation:
    """What the options before the command say; the first command line callback fills it in."""

    debug: bool = False


def main() -> None:
    """The console script: runs a command and turns what stops it into one line and an exit code."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")  # a terminal without "✓" shows "?" instead of a traceback
    invocation = _Invocation()
    try:
        app(obj=invocation)
    except SystemExit as end:  # typer turns Ctrl-C into this code, without a word
        if end.code == ExitCode.INTERRUPTED:
            _stop(ExitCode.INTERRUPTED, "interrupted")
        raise
    except KeyboardInterrupt:
        _stop(ExitCode.INTERRUPTED, "interrupted")
    except UsageError as error:
        _stop(ExitCode.USAGE, f"error: {error}")
    except Exception as error:
        if invocation.debug:
            traceback.print_exc()
        again = shlex.join(["autograder", "--debug", *(word for word in sys.argv[1:] if word != "--debug")])
        _stop(ExitCode.GRADER_FAULT, f"{_FAULT}: {_fact(error)}; please report it with the output of `{again}`")


def _stop(code: ExitCode, line: str) -> NoReturn:
    from autograder.reporters.text import plain  # a message may quote what a learner named a file

    print(plain(line), file=sys.stderr)
    raise SystemExit(int(code)) from None


def _fact(error: Exception) -> str:
    return str(error) if isinstance(error, GraderError) else f"{type(error).__name__}: {error}"


def _show_version(wanted: bool) -> None:
    if wanted:
        print(f"autograder {__version__}")
        raise typer.Exit


@app.callback()
def _options(
    context: typer.Context,
    debug: Annotated[bool, typer.Option("--debug", help="Show the traceback when the grader fails.")] = False,
    _version: Annotated[
        bool,
        typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version and exit."),
    ] = False,
) -> None:
    context.obj.debug = debug


# --- commands ---


@app.command(epilog=_EPILOG)
def check(
    exercises: Annotated[list[str] | None, typer.Argument(metavar="EXERCISE", help="else all")] = None,
    properties: Properties = None,
    seed: Seed = None,
    course: CoursePath = None,
    folder: Annotated[
        Path | None, typer.Option("--folder", help="your answers; else exercises/ beside the course file")
    ] = None,
    feedback: Shown = Feedback.FULL,
) -> None:
    """Check your own answers."""
    from autograder import terminal
    from autograder.sandbox.portable import PortableSandbox
    from autograder.submission import own_submission

    loaded = _load(course)
    chosen = _choose(loaded, exercises or (), properties or ())
    submission = own_submission(folder or loaded.path.parent / "exercises", loaded)
    with contextlib.closing(PortableSandbox(loaded.budget.memory_mb)) as sandbox:
        sandbox.warm()  # the worker imports torch while this process does
        from autograder.grade import Grader

        with Grader(
            loaded,
            exercises=chosen,
            seed=loaded.seed if seed is None else seed,
            properties=properties or (),
            sandbox=sandbox,
        ) as grader:
            report = grader.grade(submission)
    terminal.print_report(redact(report, feedback))
    raise typer.Exit(_outcome([report]))


@app.command(epilog=_EPILOG)
def grade(
    submissions: Annotated[Path, typer.Argument(help="a folder or archive a learner")],
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help=f"gets {_RESULTS} and {_GRADEBOOK}")],
    exercises: Annotated[list[str] | None, typer.Option("--exercise", help="only this; repeatable")] = None,
    seed: Seed = None,
    course: CoursePath = None,
    jobs: Annotated[int, typer.Option("--jobs", min=1, help="how many learners at once")] = _JOBS,
    feedback: Shown = Feedback.FULL,
) -> None:
    """Grade a class: write results.json and gradebook.csv, print the table."""
    from autograder import terminal
    from autograder.reporters import csv, json
    from autograder.submission import find_submissions

    loaded = _load(course)
    chosen = loaded.select(exercises or ())
    if out.resolve().is_relative_to(submissions.resolve()):
        raise UsageError(f"--out={out} lies in the submissions and would be graded; choose a folder outside")
    found = find_submissions(submissions, loaded)
    terminal.require_writable(out, (_RESULTS, _GRADEBOOK))

    from autograder.grade import Grader, grade_class

    with (
        Grader(loaded, exercises=chosen, seed=loaded.seed if seed is None else seed) as grader,
        terminal.progress(len(found)) as on_report,
    ):
        graded = grade_class(grader, found, jobs=jobs, on_report=on_report)
    shown = [redact(report, feedback) for report in graded.submissions]
    gradebook = graded.model_copy(update={"submissions": tuple(shown)})
    terminal.write_atomically(out / _RESULTS, json.render(gradebook))
    terminal.write_atomically(out / _GRADEBOOK, csv.render(gradebook))
    terminal.print_class(gradebook)
    print(f"wrote {out / _RESULTS} and {out / _GRADEBOOK}")
    raise typer.Exit(_outcome(graded.submissions))


@app.command()
def show(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="what `grade --out` wrote")],
    learner: Annotated[str, typer.Argument()],
    feedback: Shown = Feedback.FULL,
) -> None:
    """Show one learner's report from a graded class; ends 0 whatever the report says."""
    from autograder import terminal
    from autograder.reporters import json

    gradebook = json.parse(terminal.read_text(folder / _RESULTS))
    reports = {report.learner: report for report in gradebook.submissions}
    _require_known("learner", learner, reports)
    terminal.print_report(redact(reports[learner], feedback))


@dev.command("stubs")
def dev_stubs(course: CoursePath = None) -> None:
    """Write exercises/ anew from solutions/."""
    from autograder.dev import write_stubs

    for path in write_stubs(_load(course)):
        print(f"wrote {path}")


@dev.command("check")
def dev_check(course: CoursePath = None) -> None:
    """Say what is wrong with a course: its file, solutions, stubs and schema; then grade solutions and stubs."""
    from autograder.dev import check_course, check_grading

    chosen = _load(course)
    problems = check_course(chosen) or check_grading(chosen)
    for problem in problems:
        print(problem)
    raise typer.Exit(ExitCode.FAILED if problems else ExitCode.PASSED)


@dev.command("schema")
def dev_schema(course: CoursePath = None) -> None:
    """Write the JSON Schema of course.yaml, for editors."""
    from autograder.dev import write_schema

    print(f"wrote {write_schema(_load(course))}")


# --- what they share ---


def _load(path: Path | None) -> Course:
    from autograder.course import FILE_NAME, find_course, load_course

    if path is None:
        return load_course(find_course())
    return load_course(path / FILE_NAME if path.is_dir() else path)


def _choose(course: Course, names: Sequence[str], properties: Sequence[str]) -> tuple[Exercise, ...]:
    """The exercises of those names, all by default; where properties are asked for, those that have one."""
    chosen = course.select(names)
    known = list(dict.fromkeys(name for exercise in chosen for name in exercise.properties))
    for name in properties:
        _require_known("property", name, known)
    return tuple(exercise for exercise in chosen if not properties or {*properties} & {*exercise.properties})


def _require_known(kind: str, name: str, known: Iterable[str]) -> None:
    if name in known:
        return
    near = difflib.get_close_matches(name, known, n=3, cutoff=0.5)
    remedy = f"did you mean {' or '.join(near)}?" if near else f"known are {', '.join(known) or 'none'}"
    raise UsageError(f"{kind}={name} is unknown; {remedy}")


def _outcome(reports: Iterable[Report]) -> ExitCode:
    from autograder.reporters.text import faulty, passed

    if any(faulty(report) for report in reports):
        print(f"{_FAULT} where the report says so; please report it with those lines", file=sys.stderr)
        return ExitCode.GRADER_FAULT
    return ExitCode.PASSED if all(passed(report) for report in reports) else ExitCode.FAILED
