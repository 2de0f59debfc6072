"""The commands ``autograder ci`` and ``autograder export``: options to functions, as in `cli`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from autograder.language import ENGLISH, _, chosen
from autograder.options import EPILOG, CoursePath, Exercises, Seed, Shown, load, outcome
from autograder.reporters.feedback import Feedback
from autograder.reporters.formats import Format

ci = typer.Typer(help="Grade one submission where a host calls, and leave its results there.", no_args_is_help=True)
export = typer.Typer(help="Packages and files for other platforms.", no_args_is_help=True)

OnlyExercises = Annotated[list[str] | None, typer.Option("--exercise", help="only this; repeatable")]


@ci.command("github", epilog=EPILOG)
def ci_github(
    exercises: Exercises = None,
    seed: Seed = None,
    course: CoursePath = None,
    folder: Annotated[
        Path | None, typer.Option("--folder", help="the submission; else exercises/ beside the course file")
    ] = None,
    feedback: Shown = Feedback.FULL,
    out: Annotated[Path | None, typer.Option("--out", metavar="DIR", help="gets the results as files besides")] = None,
) -> None:
    """Grade in a step of a workflow: summary, annotations, and the output `result` for the autograding reporter."""
    from autograder.frontends.github import Step, muted
    from autograder.frontends.grading import grade_folder, never_silent
    from autograder.reporters.console import render_report

    step = Step(out)
    with never_silent(step.say):
        loaded = load(course)
        chosen = loaded.select(exercises or ())
        where = folder or loaded.path.parent / "exercises"
        graded = grade_folder(loaded, where, exercises=chosen, seed=seed, feedback=feedback)
        annotations = step.leave(graded, where)
    print(muted(render_report(graded.told.submissions[0], width=100, everything=True)), end="")
    print(annotations, end="")
    raise typer.Exit(outcome([graded.report]))


@ci.command("gradescope", epilog=EPILOG)
def ci_gradescope(
    root: Annotated[Path, typer.Option("--root", help="where Gradescope has put things")] = Path("/autograder"),
    exercises: OnlyExercises = None,
    seed: Seed = None,
    feedback: Shown = Feedback.FULL,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="only read the course; grade nothing")] = False,
) -> None:
    """Grade in Gradescope's container: what run_autograder of the exported zip runs."""
    from autograder.frontends.gradescope import grade

    if dry_run:
        loaded = load(root / "source")
        print(_("{course}: {n} exercises").format(course=loaded.name, n=len(loaded.select(exercises or ()))))
        return
    graded = grade(root, exercises=exercises or (), seed=seed, feedback=feedback)
    raise typer.Exit(outcome([graded.report]))


@export.command("gradescope")
def export_gradescope(
    out: Annotated[Path, typer.Option("--out", metavar="FILE", help="the zip to upload")],
    exercises: OnlyExercises = None,
    seed: Seed = None,
    course: CoursePath = None,
    feedback: Shown = Feedback.FULL,
    torch_index: Annotated[
        str | None, typer.Option("--torch-index", metavar="URL", help="where pip also looks, for a torch without CUDA")
    ] = None,
) -> None:
    """Write the autograder zip for a Gradescope assignment."""
    from autograder.frontends.gradescope import export

    loaded = load(course)
    options = {
        "--exercise": [exercise.name for exercise in loaded.select(exercises)] if exercises else [],
        "--seed": [] if seed is None else [str(seed)],
        "--feedback": [feedback.value],
        "--lang": [] if chosen() == ENGLISH else [chosen()],
    }
    names = export(loaded, out, options=options, torch_index=torch_index)
    print(_("wrote {path}: {n} files").format(path=out, n=len(names)))


@export.command("csv")
def export_csv(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="what `grade --out` wrote")],
    form: Annotated[Format, typer.Option("--format", help="whose columns")] = Format.PLAIN,
    properties: Annotated[bool, typer.Option("--properties", help="a column for every property too")] = False,
    out: Annotated[Path | None, typer.Option("--out", metavar="FILE", help="else standard output")] = None,
) -> None:
    """Write a graded class as CSV for a spreadsheet or a learning platform."""
    from autograder.disk import write_atomically
    from autograder.reporters import csv, json
    from autograder.terminal import read_text

    text = csv.render(json.parse(read_text(folder / "results.json")), form, properties=properties)
    if out is None:
        print(text, end="")
    else:
        write_atomically(out, [text])
        print(_("wrote {path}").format(path=out))
