"""Commands to functions, verdicts to exit codes.

Every import that costs time stands inside the command that needs it: `--help` answers without torch,
Hypothesis, nbformat or pydantic.
"""

from __future__ import annotations

import atexit
import contextlib
import io
import os
import shlex
import shutil
import sys
import threading
import traceback
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from autograder import __version__
from autograder.disk import GRADEBOOK, REPORTS, RESULTS, only_writer
from autograder.errors import GraderError, Interrupted, RunStopped, UsageError
from autograder.frontends import authors, commands, pages
from autograder.interrupt import interruptible
from autograder.language import _
from autograder.learner import commands as learner
from autograder.options import (
    EPILOG,
    FAULT,
    AllowWeak,
    Cluster,
    CoursePath,
    Everything,
    Exercises,
    ExitCode,
    Jobs,
    Lang,
    Properties,
    Seed,
    Shown,
    Speaking,
    choose,
    load,
    outcome,
    require_known,
)
from autograder.reporters.feedback import Feedback, redact
from autograder.signs import plain_signs

_NARROWEST = 20  # columns; in fewer, nothing of ours can be read

app = typer.Typer(
    cls=Speaking,
    context_settings={"help_option_names": ["-h", "--help"]},  # all below inherit it
    help="Grades PyTorch exercises property by property against torch.nn.",
    epilog=EPILOG,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.registered_commands += learner.commands.registered_commands + pages.commands.registered_commands
app.add_typer(authors.commands, name="dev")
app.add_typer(commands.ci, name="ci")
app.add_typer(commands.export, name="export")


@dataclass
class _Invocation:
    """What the options before the command say; the first command line callback fills it in."""

    debug: bool = False


def console_script() -> None:
    """`main` as a process of its own, which ends without taking torch apart: that takes half a second."""
    try:
        main()
        status: object = 0
    except SystemExit as end:
        status = end.code or 0
    atexit._run_exitfuncs()  # what libraries want done at the end
    with contextlib.suppress(OSError):  # nobody reads on: Python's own way to end says so
        sys.stdout.flush()
        sys.stderr.flush()
        if isinstance(status, int) and threading.active_count() == 1:  # else threads are waited for
            os._exit(status)
    sys.exit(status)  # type: ignore[arg-type]  # as it was raised


def main() -> None:
    """Runs a command and turns what stops it into one line and an exit code."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors=plain_signs())  # a terminal without "✓" shows "+" instead of a traceback
    columns = os.environ.get("COLUMNS", "")
    if not (columns.isdecimal() and int(columns) >= _NARROWEST):  # a 0 stands for not knowing; Rich would show nothing
        os.environ.pop("COLUMNS", None)
    with interruptible():
        _run(_Invocation())


def _run(invocation: _Invocation) -> None:
    try:
        app(obj=invocation)
    except SystemExit as end:  # typer turns Ctrl-C into this code, without a word
        if end.code == ExitCode.INTERRUPTED:
            _stop(ExitCode.INTERRUPTED, _("interrupted"))
        raise
    except KeyboardInterrupt:
        _stop(ExitCode.INTERRUPTED, _("interrupted"))
    except UsageError as error:
        _stop(ExitCode.USAGE, _("error: {error}").format(error=error))
    except Interrupted as error:
        told = _("interrupted: {error}; to go on: {command}")
        _stop(ExitCode.INTERRUPTED, told.format(error=error, command=_resume()))
    except RunStopped as error:
        told = _("error: {error}; then, to go on: {command}")
        _stop(ExitCode.GRADER_FAULT, told.format(error=error, command=_resume()))
    except Exception as error:
        if invocation.debug:
            traceback.print_exc()
        again = shlex.join(["autograder", "--debug", *(word for word in sys.argv[1:] if word != "--debug")])
        told = _("{fault}: {error}; please report it with the output of `{command}`")
        _stop(ExitCode.GRADER_FAULT, told.format(fault=_(FAULT), error=_fact(error), command=again))


def _stop(code: ExitCode, line: str) -> NoReturn:
    from autograder.reporters.text import plain  # a message may quote what a learner named a file

    print(plain(line), file=sys.stderr)
    raise SystemExit(int(code)) from None


def _resume() -> str:
    """The command that goes on with this run, to be pasted."""
    words = [word for word in sys.argv[1:] if word != "--resume"]
    after = words.index("grade") + 1
    called = Path(sys.argv[0])
    found = shutil.which("autograder")
    if called.name == "__main__.py":
        program = [sys.executable, "-m", "autograder"]
    else:
        program = ["autograder" if found and called.exists() and called.samefile(found) else sys.argv[0]]
    return shlex.join([*program, *words[:after], "--resume", *words[after:]])


def _fact(error: Exception) -> str:
    return str(error) if isinstance(error, GraderError) else f"{type(error).__name__}: {error}"


def _show_version(wanted: bool) -> None:
    if wanted:
        print(f"autograder {__version__}")
        raise typer.Exit


@app.callback()
def _options(
    context: typer.Context,
    _lang: Lang = None,  # read by Speaking
    debug: Annotated[bool, typer.Option("--debug", help="Show the traceback when the grader fails.")] = False,
    _version: Annotated[
        bool,
        typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version and exit."),
    ] = False,
) -> None:
    context.obj.debug = debug


# --- commands ---


@app.command(epilog=EPILOG)
def check(
    exercises: Exercises = None,
    properties: Properties = None,
    seed: Seed = None,
    course: CoursePath = None,
    folder: Annotated[
        Path | None, typer.Option("--folder", help="your answers; else exercises/ beside the course file")
    ] = None,
    feedback: Shown = Feedback.FULL,
    everything: Everything = False,
    junit: Annotated[Path | None, typer.Option("--junit", metavar="FILE", help="gets JUnit XML, for GitLab")] = None,
) -> None:
    """Check your own answers."""
    from autograder import terminal
    from autograder.frontends.grading import warm_grader
    from autograder.frontends.junit_file import junit_file
    from autograder.submission import own_submission

    with junit_file(junit) as write_junit:
        loaded = load(course)
        chosen = choose(loaded, exercises or (), properties or ())
        submission = own_submission(folder or loaded.path.parent / "exercises", loaded)
        asked = warm_grader(loaded, exercises=chosen, seed=seed, properties=properties or ())
        with terminal.patience(), asked as grader:
            report = grader.grade(submission)
            if junit is not None:  # only a written result says which sandbox there was, and finding out takes a second
                from autograder.grade import gradebook

                write_junit(gradebook(grader, [redact(report, feedback)]))
    terminal.print_report(redact(report, feedback), everything=everything)
    learner.after_check(loaded, folder, submission, report, properties or ())
    raise typer.Exit(outcome([report]))


@app.command(epilog=EPILOG)
def grade(
    submissions: Annotated[Path, typer.Argument(help="a folder or archive a learner")],
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help=f"gets {RESULTS}, {GRADEBOOK} and {REPORTS}/")],
    exercises: Annotated[list[str] | None, typer.Option("--exercise", help="only this; repeatable")] = None,
    seed: Seed = None,
    course: CoursePath = None,
    jobs: Jobs = None,
    cluster: Cluster = None,
    feedback: Shown = Feedback.FULL,
    resume: Annotated[
        bool, typer.Option("--resume", help=f"go on: keep what earlier runs left in DIR/{REPORTS}, if it fits")
    ] = False,
    allow_weak: AllowWeak = False,
) -> None:
    """Grade a class: write results.json, gradebook.csv and a report a learner, print the table."""
    from autograder import terminal
    from autograder.journal import require_nothing_lost, require_room
    from autograder.submission import find_submissions

    loaded = load(course)
    chosen = loaded.select(exercises or ())
    if out.resolve().is_relative_to(submissions.resolve()):
        fact = _("--out={path} lies in the submissions and would be graded; choose a folder outside")
        raise UsageError(fact.format(path=out))
    found = find_submissions(submissions, loaded)
    with only_writer(out):
        require_nothing_lost(out, found, [exercise.name for exercise in chosen])
        require_room(out, found)
        from autograder.class_run import ClassRun
        from autograder.pool.choice import open_graders
        from autograder.sandbox.choice import require_full

        wanted = loaded.seed if seed is None else seed
        opened = open_graders(loaded, chosen, seed=wanted, learners=len(found), jobs=jobs, cluster=cluster)
        with opened as graders:
            if not allow_weak:
                require_full(graders.run_info().sandbox)
            left = found.not_graded
            run = ClassRun(graders, found, out, feedback=feedback, resume=resume, not_graded=left)
            terminal.print_remarks(run.remarks)
            with terminal.progress(len(found), run.done) as on_report:
                run.grade(jobs=graders.jobs, on_report=on_report)
            gradebook = run.finish()
    terminal.print_class(gradebook)
    print(_("wrote {path} and {other}").format(path=out / RESULTS, other=out / GRADEBOOK))
    raise typer.Exit(outcome(gradebook.submissions))


@app.command()
def show(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="what `grade --out` wrote")],
    learner: Annotated[str, typer.Argument()],
    feedback: Shown = Feedback.FULL,
    everything: Everything = False,
) -> None:
    """Show one learner's report from a graded class; ends 0 whatever the report says."""
    from autograder import terminal
    from autograder.reporters import json

    gradebook = json.parse(terminal.read_text(folder / RESULTS))
    reports = {report.learner: report for report in gradebook.submissions}
    require_known("learner", learner, reports)
    terminal.print_report(redact(reports[learner], feedback), everything=everything)


@app.command()
def doctor() -> None:
    """Say what this machine can do: versions, and how well a submission is kept in; ends 0 if fully."""
    from autograder import doctor
    from autograder.sandbox.choice import best_sandbox

    with contextlib.closing(best_sandbox(memory_mb=1024, seconds=10)) as sandbox:
        info = sandbox.info()
    for line in doctor.report(info):
        print(line)
    raise typer.Exit(ExitCode.PASSED if info.level == "full" else ExitCode.FAILED)
