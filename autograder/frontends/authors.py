"""Commands for authors of a course: stubs, checks, notebooks, the schema of course.yaml, and how good its cases are.

Every import that costs time stands inside the command that needs it, as in `autograder.cli`.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from autograder.language import _
from autograder.options import CoursePath, ExitCode, Seed, load

commands = typer.Typer(
    help="For authors of a course: stubs, checks and the schema of course.yaml.", no_args_is_help=True
)


@commands.command("stubs")
def dev_stubs(
    course: CoursePath = None,
    force: Annotated[bool, typer.Option("--force", help="overwrite what somebody has worked in")] = False,
) -> None:
    """Write exercises/ anew from solutions/."""
    from autograder.dev import write_stubs

    for path in write_stubs(load(course), force=force):
        print(_("wrote {path}").format(path=path))


@commands.command("check")
def dev_check(course: CoursePath = None) -> None:
    """Say what is wrong with a course: its file, solutions, stubs and schema; then grade solutions and stubs."""
    from autograder.dev import check_course, check_grading

    chosen = load(course)
    problems = check_course(chosen) or check_grading(chosen)
    for problem in problems:
        print(problem)
    raise typer.Exit(ExitCode.FAILED if problems else ExitCode.PASSED)


@commands.command("notebooks")
def dev_notebooks(
    out: Annotated[Path | None, typer.Option("--out", metavar="DIR", help="else nbgrader/ beside course.yaml")] = None,
    course: CoursePath = None,
) -> None:
    """Write an nbgrader course folder from solutions/."""
    from autograder.frontends.nbgrader_course import write_course

    for path in write_course(load(course), out):
        print(_("wrote {path}").format(path=path))


@commands.command("schema")
def dev_schema(course: CoursePath = None) -> None:
    """Write the JSON Schema of course.yaml, for editors."""
    from autograder.dev import write_schema

    print(_("wrote {path}").format(path=write_schema(load(course))))


@commands.command("audit")
def dev_audit(
    course: CoursePath = None,
    exercises: Annotated[list[str] | None, typer.Option("--exercise", help="only this; repeatable")] = None,
    sample: Annotated[
        int | None, typer.Option("--sample", min=1, help="at most so many mutants of each kind and exercise; else all")
    ] = None,
    seed: Seed = None,
    jobs: Annotated[int, typer.Option("--jobs", min=1, help="how many processes")] = 1,
    right: Annotated[
        Path | None, typer.Option("--right", metavar="DIR", help="right answers to grade, <exercise>/<name>.py")
    ] = None,
    json: Annotated[Path | None, typer.Option("--json", metavar="FILE", help="gets every mutant's fate")] = None,
    html: Annotated[Path | None, typer.Option("--html", metavar="FILE", help="gets the report as a page")] = None,
    threshold: Annotated[
        float | None,
        typer.Option("--threshold", min=0, max=100, help="per cent of each kind of mutants; ends 1 below it"),
    ] = None,
    write_mutants: Annotated[
        Path | None,
        typer.Option("--write-mutants", metavar="DIR", help="write them as a class for `grade` instead"),
    ] = None,
    results: Annotated[
        Path | None,
        typer.Option("--results", metavar="FILE", help="results.json of that class, of whatever build; grades nothing"),
    ] = None,
) -> None:
    """Say how good a course's cases are: grade mutants of its solutions; docs/audit.md."""
    from autograder.audit.report import render_json, render_text
    from autograder.audit.run import Options
    from autograder.audit.run import write_mutants as write
    from autograder.audit.summary import audited

    loaded = load(course)
    chosen = loaded.select(exercises or ())
    options = Options(loaded.seed if seed is None else seed, sample=sample, right=right, results=results)
    if write_mutants is not None:
        count = write(loaded, chosen, options, write_mutants)
        print(_("wrote {n} answers to {path}").format(n=count, path=write_mutants))
        raise typer.Exit(ExitCode.PASSED)
    found = audited(loaded, chosen, options, jobs)
    print(render_text(found), end="")
    if json is not None:
        json.write_text(render_json(found), encoding="utf-8", newline="\n")
    if html is not None:
        from autograder.site.audit import audit_page

        html.write_text(audit_page(found), encoding="utf-8", newline="\n")
    raise typer.Exit(ExitCode.PASSED if found.passes(threshold) else ExitCode.FAILED)
