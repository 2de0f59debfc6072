"""The commands ``autograder plot`` and ``autograder report``: options to functions, as in `cli`."""

from __future__ import annotations

import contextlib
import functools
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from autograder.errors import UsageError
from autograder.language import _
from autograder.options import EPILOG, AllowWeak, CoursePath, ExitCode, exercise_named, load

if TYPE_CHECKING:
    from autograder.course import Course
    from autograder.pictures.curve import Picture
    from autograder.sandbox import Sandbox
    from autograder.site.build import Illustrator

commands = typer.Typer()

_FORMS = (".png", ".svg")


@commands.command(epilog=EPILOG)
def plot(
    exercise: Annotated[str, typer.Argument(metavar="EXERCISE")],
    out: Annotated[Path | None, typer.Option("--out", metavar="FILE", help="gets the picture: .png or .svg")] = None,
    folder: Annotated[
        Path | None, typer.Option("--folder", help="your answers; else exercises/ beside the course file")
    ] = None,
    course: CoursePath = None,
) -> None:
    """Draw your function and its gradient beside what is expected, with the first divergence marked."""
    from autograder.reporters.text import plain
    from autograder.submission import own_submission

    if out is not None and out.suffix.lower() not in _FORMS:
        fact = _("--out={path} is no form that is drawn; name it {forms}")
        raise UsageError(fact.format(path=out, forms=_(" or ").join(_FORMS)))
    loaded = load(course)
    chosen = exercise_named(loaded, exercise)
    submission = own_submission(folder or loaded.path.parent / "exercises", loaded)
    with _warm_sandbox(loaded) as sandbox:
        from autograder.pictures.curve import Blank
        from autograder.pictures.observe import Pictures

        picture = Pictures(loaded, sandbox).of(chosen, submission)
    if isinstance(picture, Blank):
        print(plain(_("no picture of {exercise}: {why}").format(exercise=chosen.name, why=picture.message)))
        raise typer.Exit(ExitCode.FAILED)
    _show(picture)
    if out is not None:
        _draw(picture, out)


@commands.command(epilog=EPILOG)
def report(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="what `grade --out` wrote")],
    out: Annotated[Path | None, typer.Option("--out", metavar="DIR", help="gets the site; else site/ in DIR")] = None,
    submissions: Annotated[
        Path | None, typer.Option("--submissions", metavar="PATH", help="what was graded: adds pictures of what failed")
    ] = None,
    course: CoursePath = None,
    allow_weak: AllowWeak = False,
) -> None:
    """Write a graded class as a site of static pages: one for the class, one a learner."""
    from autograder.site import INDEX, Site

    place = out or folder / "site"
    with contextlib.ExitStack() as stack:
        illustrator = None
        if submissions is not None:
            illustrator = stack.enter_context(_illustrator(load(course), submissions, allow_weak))
        count = Site(folder, place, illustrator).build(_counter())
    print(_("wrote {path} and the pages of {count} learners").format(path=place / INDEX, count=count))


@contextlib.contextmanager
def _warm_sandbox(course: Course) -> Iterator[Sandbox]:
    """A sandbox whose first worker imports torch while we do."""
    from autograder.sandbox.choice import best_sandbox

    budget = course.budget
    with contextlib.closing(best_sandbox(memory_mb=budget.memory_mb, seconds=budget.seconds)) as sandbox:
        sandbox.warm()
        yield sandbox


@contextlib.contextmanager
def _illustrator(course: Course, submissions: Path, allow_weak: bool) -> Iterator[Illustrator]:
    from autograder.submission import find_submissions

    found = find_submissions(submissions, course)
    with _warm_sandbox(course) as sandbox:
        from autograder.pictures.observe import Pictures
        from autograder.sandbox.choice import require_full
        from autograder.site.build import Illustrator

        if not allow_weak:
            require_full(sandbox.info())
        yield Illustrator(course, found, Pictures(course, sandbox))


def _counter() -> Callable[[str], None]:
    """Says on a terminal how far it is; elsewhere nobody waits for it."""
    done = 0

    def on_page(_learner: str) -> None:
        nonlocal done
        done += 1
        print(f"\r{done}", end="", file=sys.stderr, flush=True)

    return on_page if sys.stderr.isatty() else lambda _learner: None


def _show(picture: Picture) -> None:
    """The picture on standard output; in words alone where that lacks the characters to draw with."""
    from autograder import terminal
    from autograder.pictures import text

    try:
        text.LINE.encode(sys.stdout.encoding)
    except UnicodeEncodeError:
        print(picture.caption())
    else:
        terminal.print_page(functools.partial(text.render, picture))


def _draw(picture: Picture, out: Path) -> None:
    from autograder.pictures import draw

    drawn = draw.png(picture) if out.suffix.lower() == ".png" else draw.svg(picture).encode()
    try:
        out.write_bytes(drawn)
    except OSError as error:
        fact = _("--out={path} cannot be written: {error}; choose another place")
        raise UsageError(fact.format(path=out, error=error.strerror)) from None
    print(_("wrote {path}").format(path=out))
