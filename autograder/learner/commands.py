"""The commands for learners: options to functions, as in `cli`, whose help shows them among its own."""

from __future__ import annotations

import functools
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from autograder.errors import UsageError
from autograder.language import _
from autograder.options import CoursePath, exercise_named, load

if TYPE_CHECKING:
    from collections.abc import Collection

    from autograder.course import Course, Exercise
    from autograder.result import Report
    from autograder.submission import Submission

commands = typer.Typer()

One = Annotated[str, typer.Argument(metavar="EXERCISE", help="its name, as `autograder list` shows it")]
OneOrNext = Annotated[str | None, typer.Argument(metavar="EXERCISE", help="else the first that has not passed")]


@commands.command()
def start(course: CoursePath = None) -> None:
    """Begin, or go on: show the exercise that is next, the file to write in, and the commands to go on with."""
    from autograder.learner import screens
    from autograder.learner.progress import next_standing, standings
    from autograder.terminal import print_page

    loaded = load(course)
    found = standings(loaded)
    print_page(functools.partial(screens.welcome, loaded, found))
    standing = next_standing(found)
    if standing is None:
        print_page(functools.partial(screens.congratulation, loaded))
    else:
        ways = ("watch", "check", "hint", "list")
        print_page(functools.partial(screens.introduction, loaded, standing, ways))


@commands.command()
def watch(exercise: OneOrNext = None, course: CoursePath = None) -> None:
    """Check an exercise whenever its file is saved, and go on to the next when it passes; q or Ctrl-C ends."""
    from autograder.learner.watch import watch

    loaded = load(course)
    watch(loaded, None if exercise is None else exercise_named(loaded, exercise))


@commands.command()
def hint(
    exercise: OneOrNext = None,
    course: CoursePath = None,
    seen: Annotated[bool, typer.Option("--all", help="show again all that you have seen")] = False,
) -> None:
    """Show the next hint of an exercise: the idea, then the shape, then nearly the code; costs no points."""
    from autograder.learner import screens
    from autograder.learner.hints import next_hint
    from autograder.learner.progress import read
    from autograder.terminal import print_page

    loaded = load(course)
    chosen = _chosen(loaded, exercise)
    if seen:
        levels, again = range(1, read(loaded).of(chosen.name).hints + 1), False
        if not levels:
            print(_("none seen yet; `autograder hint {name}` shows the first").format(name=chosen.name))
    else:
        level, again = next_hint(loaded, chosen)
        levels = range(level, level + 1)
    print_page(functools.partial(screens.hints, chosen, levels, read(loaded).of(chosen.name).failing))
    if again:
        print(_("That was the last hint; `autograder hint {name} --all` shows them all.").format(name=chosen.name))


@commands.command("list")
def list_exercises(course: CoursePath = None) -> None:
    """Show how far you are: each exercise with its last check, its points, and the hints you have seen."""
    from autograder.learner import screens
    from autograder.learner.progress import standings
    from autograder.terminal import print_page

    loaded = load(course)
    print_page(functools.partial(screens.table, loaded, standings(loaded)))


@commands.command()
def reset(
    exercise: One,
    course: CoursePath = None,
    yes: Annotated[bool, typer.Option("--yes", help="do not ask")] = False,
) -> None:
    """Begin an exercise anew: put its stub in the place of your file, which is kept as a backup."""
    from autograder.learner import screens
    from autograder.learner.reset import is_as_given, own_file, required_stub
    from autograder.learner.reset import reset as put_back

    loaded = load(course)
    chosen = exercise_named(loaded, exercise)
    required_stub(loaded, chosen)  # before asking
    file = screens.shown(own_file(loaded, chosen))
    if is_as_given(loaded, chosen):
        print(_("{file} is as it was given to you; nothing to do").format(file=file))
        return
    if not yes:
        if not sys.stdin.isatty():
            raise UsageError(_("reset asks first, and there is nobody to answer; add --yes"))
        typer.confirm(_("Begin {file} anew? A backup is kept.").format(file=file), abort=True)
    backup = put_back(loaded, chosen)
    if backup is not None:
        print(_("kept your file as {backup}").format(backup=screens.shown(backup)))
    print(_("{file} is as it was given to you").format(file=file))


def after_check(
    course: Course, folder: Path | None, submission: Submission, report: Report, only: Collection[str]
) -> None:
    """Keep what a check has found, if it was of the learner's own folder and of whole exercises; then say the end.

    Args:
        course: that was checked.
        folder: of a ``--folder`` option.
        submission: that was checked.
        report: what was found.
        only: the properties that were asked for; part of an exercise is no verdict on it.

    """
    from autograder.learner import screens
    from autograder.learner.progress import next_standing, own_folder, record, standings
    from autograder.terminal import print_page

    if only or (folder is not None and folder.resolve() != own_folder(course).resolve()):
        return
    before = next_standing(standings(course, submission))
    record(course, submission, report.exercises)
    if before and not next_standing(standings(course, submission)):
        print_page(functools.partial(screens.congratulation, course))


def _chosen(course: Course, name: str | None) -> Exercise:
    from autograder.learner.progress import next_standing, standings

    if name is not None:
        return exercise_named(course, name)
    standing = next_standing(standings(course))
    return standing.exercise if standing else course.exercises[0]
