"""What the commands share: their options and exit codes, how a course is found, what a report ends them with.

Every import that costs time stands inside the function that needs it, as in `cli`.

Commands that show a learner their own work speak the language of ``--lang``, else of the environment, else the one that
the system is set to. Commands whose results are for others do not ask the system: a class graded on two machines gets
the same words on both.
"""

from __future__ import annotations

import difflib
import os
import re
import sys
from collections.abc import Iterable, Iterator, Sequence
from enum import IntEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from typer.core import TyperGroup

from autograder.errors import UsageError
from autograder.language import ENGLISH, LANGUAGES, N_, VARIABLE, _, language_of_locale, use_language
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


EPILOG = N_(
    "Exit codes: 0 everything passed, 1 something failed, 2 the command or the course file is wrong, "
    "3 the grader itself failed, 130 interrupted."
)
FAULT = N_("grader fault: this is the kit's mistake, not a learner's")

_PERSONAL = frozenset({None, "check", "doctor", "hint", "list", "plot", "reset", "show", "start", "watch"})

Lang = Annotated[
    str | None,
    typer.Option(
        "--lang",
        metavar=f"[{'|'.join(LANGUAGES)}]",
        help=f"the language to speak, before or after the command; else {VARIABLE} says it",
    ),
]
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
Jobs = Annotated[
    int | None,
    typer.Option("--jobs", min=1, help="how many learners at once; else as many as there are cores and memory for"),
]
Cluster = Annotated[
    str | None,
    typer.Option("--cluster", metavar="ADDRESS", help="grade on Dask's: tcp://HOST:PORT, or local; docs/scaling.md"),
]
Everything = Annotated[bool, typer.Option("--all", help="a line for each property, and results at full length")]
Shown = Annotated[
    Feedback,
    typer.Option("--feedback", help="full: counterexamples and hints; names: properties; score: points only"),
]


class Speaking(TyperGroup):
    """The whole command line: it settles the language before anything is said, help texts included."""

    def parse_args(self, ctx: typer.Context, args: list[str]) -> list[str]:  # type: ignore[override]  # typer's own
        """Typer's hook: the words after ``autograder``."""
        lang, words = _lang_of(args)
        command = next((word for word in words if not word.startswith("-")), None)
        try:
            use_language(lang or None)
        except ValueError as error:
            raise UsageError(str(error)) from None
        if not (lang or os.environ.get(VARIABLE)):
            use_language(language_of_locale() if command in _PERSONAL else ENGLISH)
        for thing, attribute in help_texts(self):
            # The help's columns are narrow, and to Rich a Chinese clause is one word: let it break between clauses.
            setattr(thing, attribute, re.sub("(?<=[，；：。])(?=.)", " ", _(getattr(thing, attribute))))
        return super().parse_args(ctx, [*(["--lang", lang] if lang else []), *words])


def help_texts(command: object) -> Iterator[tuple[object, str]]:
    """Whatever has a help text in a command line, and the name of the attribute."""
    for thing in (command, *getattr(command, "params", ())):
        for attribute in ("help", "short_help", "epilog"):
            if getattr(thing, attribute, None):
                yield thing, attribute
    for below in getattr(command, "commands", {}).values():
        yield from help_texts(below)


def _lang_of(args: Sequence[str]) -> tuple[str | None, list[str]]:
    """What ``--lang`` says, wherever it stands, and the other words."""
    lang, words = None, []
    end = args.index("--") if "--" in args else len(args)
    before = iter(args[:end])
    for word in before:
        if word.startswith("--lang="):
            lang = word.partition("=")[2]
        elif word == "--lang" and word is not args[end - 1]:
            lang = next(before)
        else:
            words.append(word)
    return lang, [*words, *args[end:]]


def load(path: Path | None) -> Course:
    """The course of a ``--course`` option."""
    from autograder.course import FILE_NAME, find_course, load_course
    from autograder.vocabulary import require_words

    file = find_course() if path is None else path / FILE_NAME if path.is_dir() else path
    course = load_course(file)
    require_words(course)
    return course


def choose(course: Course, names: Sequence[str], properties: Sequence[str]) -> tuple[Exercise, ...]:
    """The exercises of those names, all by default; where properties are asked for, those that have one."""
    chosen = course.select([exercise_named(course, name).name for name in names])
    known = list(dict.fromkeys(name for exercise in chosen for name in exercise.properties))
    for name in properties:
        require_known("property", name, known)
    return tuple(exercise for exercise in chosen if not properties or {*properties} & {*exercise.properties})


def exercise_named(course: Course, word: str) -> Exercise:
    """The exercise of a name, or of what learners type for it: its file, with or without folders, or its symbol."""
    *folders, last = word.replace("\\", "/").split("/")
    stem = last.removesuffix(".py").removesuffix(".ipynb")
    for exercise in course.exercises:
        if word == exercise.name or word == exercise.symbol:
            return exercise
        unit = [folder for folder in folders if folder not in ("", ".")][-1:]
        if (folders or stem != last) and f"{stem}.py" == exercise.file and unit in ([], [exercise.unit]):
            return exercise
    return course.exercise(word)


def require_known(kind: str, name: str, known: Iterable[str]) -> None:
    """UsageError with the nearest known words where a name is none of them."""
    if name in known:
        return
    near = difflib.get_close_matches(name, known, n=3, cutoff=0.5)
    if near:
        remedy = _("did you mean {names}?").format(names=_(" or ").join(near))
    else:
        remedy = _("known are {names}").format(names=", ".join(known) or _("none"))
    raise UsageError(_("{name} is unknown; {remedy}").format(name=f"{kind}={name}", remedy=remedy))


def outcome(reports: Iterable[Report]) -> ExitCode:
    """The exit code of what was graded; a fault of the grader's is said on standard error."""
    from autograder.reporters.text import faulty, passed

    reports = list(reports)
    if any(faulty(report) for report in reports):
        told = _("{fault} where the report says so; please report it with those lines")
        print(told.format(fault=_(FAULT)), file=sys.stderr)
        return ExitCode.GRADER_FAULT
    return ExitCode.PASSED if all(passed(report) for report in reports) else ExitCode.FAILED
