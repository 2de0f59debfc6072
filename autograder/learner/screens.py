"""What the learner's commands say, laid out for a width, with or without colour."""

from __future__ import annotations

import ast
import os
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from rich.table import Table
from rich.text import Text

from autograder.course import Course, Exercise
from autograder.language import CHINESE, _, chosen
from autograder.learner.advice import ADVICE
from autograder.learner.progress import Standing, own_folder
from autograder.learner.reset import is_as_given, own_file, stub_of
from autograder.reporters.page import Page, mark, rows
from autograder.reporters.text import plain, points, word

_LEVELS = 3


def welcome(course: Course, found: Sequence[Standing], *, width: int = 80, colour: bool = False) -> str:
    """What the course is and how far its learner is."""
    page = Page(width, colour)
    page.add(Text(_(course.name), style="bold"))
    page.add(Text(total(found)))
    return page.text()


def introduction(
    course: Course, standing: Standing, commands: Sequence[str] = (), *, width: int = 80, colour: bool = False
) -> str:
    """One exercise: what it asks for, where to write, and commands to go on with, of those that are named."""
    page = Page(width, colour)
    exercise = standing.exercise
    head = _("Exercise {number} of {total}: {name} ({points} points)").format(
        number=standing.number, total=len(course.exercises), name=exercise.name, points=points(exercise.points)
    )
    page.line()
    page.add(Text(head, style="bold"))
    page.line()
    for line in paragraphs(_task(course, exercise)):
        page.add(Text(line), indent=2)
    places = [(_("your file"), shown(own_file(course, exercise)))]
    if lesson := _lesson(course, exercise):
        places.append((_("lesson"), shown(lesson)))
    says = {
        "watch": (_("on every save"), "autograder watch"),
        "check": (_("check it"), f"autograder check {exercise.name}"),
        "hint": (_("a hint"), f"autograder hint {exercise.name}"),
        "list": (_("all exercises"), "autograder list"),
    }
    page.add(rows((label, Text(text)) for label, text in [*places, *(says[name] for name in commands)]), indent=2)
    page.line()
    return page.text()


def hints(
    exercise: Exercise, levels: Iterable[int], failing: str | None = None, *, width: int = 80, colour: bool = False
) -> str:
    """Hints of some levels, from 1; before them, where to look for what the last check has found failing."""
    page = Page(width, colour)
    if failing is not None and failing in ADVICE:
        page.add(Text(_("{name}, where {failing} fails").format(name=exercise.name, failing=failing), style="bold"))
        page.add(Text(_(ADVICE[failing])), indent=2)
    for level in levels:
        head = _("{name}, hint {level} of {total}").format(name=exercise.name, level=level, total=len(exercise.hints))
        names = (_("the idea"), _("the shape of the solution"), _("nearly the code"))
        kind = f": {names[level - 1]}" if len(exercise.hints) == _LEVELS else ""
        page.add(Text(head + kind, style="bold"))
        page.add(Text(plain(_(exercise.hints[level - 1]))), indent=2)
        page.line()
    return page.text()


def table(course: Course, found: Sequence[Standing], *, width: int = 80, colour: bool = False) -> str:
    """Every exercise: its last check, points, hints seen, and whether the file is still what was checked."""
    page = Page(width, colour)
    grid = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    for head in (_("exercise"), _("last check")):
        grid.add_column(head, no_wrap=True)
    for head in (_("points"), _("hints")):
        grid.add_column(head, justify="right", no_wrap=True)
    grid.add_column(_("file"))
    for standing in found:
        exercise, entry = standing.exercise, standing.entry
        verdict = Text.assemble(mark(entry.verdict), " ", word(entry.verdict)) if entry.verdict else Text("-")
        grid.add_row(
            exercise.name,
            verdict,
            f"{points(entry.score)} / {points(exercise.points)}",
            f"{entry.hints} / {len(exercise.hints)}",
            _state(course, standing),
        )
    page.add(grid)
    page.line()
    page.add(Text(total(found), style="bold"))
    return page.text()


def congratulation(course: Course, *, width: int = 80, colour: bool = False) -> str:
    """What is said when everything has passed, and what there is to do next."""
    page = Page(width, colour)
    number = len(course.exercises)
    page.add(Text(_("Congratulations: all {n} exercises pass.").format(n=number), style="bold green"))
    told = _("You have written by hand what torch.nn brings along, and no input drawn here tells yours from it.")
    page.add(Text(told))
    page.line()
    steps = [(_("other cases"), "autograder check --seed 1")]
    if (course.path.parent / "solutions").is_dir():
        steps.append((_("compare"), _("how the solutions/ were written, and why")))
    steps.append((_("use it"), _("train a small network with yours in the place of torch.nn's")))
    steps.append(
        (_("hand it in"), _("the folder {folder}, as your course asks").format(folder=shown(own_folder(course))))
    )
    page.add(rows((label, Text(text)) for label, text in steps), indent=2)
    return page.text()


def total(found: Sequence[Standing]) -> str:
    """How many exercises pass, and their points."""
    done = [standing for standing in found if standing.done]
    return _("{done} of {all} passed, {reached} of {possible} points").format(
        done=len(done),
        all=len(found),
        reached=points(sum(standing.entry.score for standing in found if not standing.changed)),
        possible=points(sum(standing.exercise.points for standing in found)),
    )


def shown(path: Path) -> str:
    """A path as it is best typed: from the working directory where it lies below that."""
    here = Path(os.path.abspath("."))  # noqa: PTH100 - resolve would follow links, and the user did not
    absolute = here / path
    return str(absolute.relative_to(here)) if absolute.is_relative_to(here) else str(absolute)


def _state(course: Course, standing: Standing) -> str:
    if standing.sha256 is None:
        return _("missing")
    if is_as_given(course, standing.exercise):
        return _("not started")
    if standing.changed:
        return _("changed since")
    return _("as checked") if standing.entry.verdict else _("begun")


def _task(course: Course, exercise: Exercise) -> str:
    """The docstring of what is to be written: of the stub, for the learner's own file may be no Python just now."""
    source = stub_of(course, exercise)
    for node in ast.parse(source).body if source else ():
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and node.name == exercise.symbol:
            return plain(ast.get_docstring(node) or "")
    return _("Write {symbol}; your file says what it is to do.").format(symbol=exercise.symbol)


def paragraphs(docstring: str) -> Iterator[str]:
    """A docstring as paragraphs to be broken anew, whatever the width; indented lines, which are code, stay lines."""
    whole: list[str] = []
    for line in [*docstring.replace("``", "`").splitlines(), ""]:
        code = line.startswith("    ")
        if whole and (code or not line or line.startswith("* ")):
            paragraph, whole = " ".join(whole), []
            yield _(paragraph)
        if code or not line:
            yield line
        else:
            whole.append(line.strip())


def _lesson(course: Course, exercise: Exercise) -> Path | None:
    names = ["README.zh-CN.md", "README.md"] if chosen() == CHINESE else ["README.md"]
    places = [own_folder(course) / exercise.unit / name for name in names]
    return next((place for place in places if place.is_file()), None)
