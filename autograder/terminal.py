"""What a command says to its terminal; the reporters say with which words."""

import contextlib
import functools
import itertools
import sys
import threading
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import NamedTuple, Protocol

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from autograder.errors import UsageError
from autograder.language import _
from autograder.reporters.console import render, render_report
from autograder.reporters.text import plain_line, points
from autograder.result import Gradebook, Report

_PATIENCE = 4.0  # seconds; a check of all seven exercises that need none takes fewer
_MAX_WIDTH = 100  # lines of prose longer than this are hard to read


def read_text(path: Path) -> str:
    """The text of a file that `grade` wrote."""
    try:
        return path.read_text(encoding="utf-8")
    except OSError as error:
        fact = _("{path} cannot be read: {error}; name the folder that `autograder grade --out` wrote")
        raise UsageError(fact.format(path=path, error=error.strerror)) from None
    except UnicodeDecodeError:
        fact = _("{path} is damaged: it is not UTF-8 text; grade again to write a new one")
        raise UsageError(fact.format(path=path)) from None


@contextlib.contextmanager
def progress(total: int, done: int) -> Iterator[Callable[[Report], None]]:
    """A bar on a terminal, elsewhere a line a learner; on standard error, so that the table can be piped."""
    console = Console(stderr=True)
    if not console.is_terminal:
        numbers = itertools.count(done + 1)

        def say(report: Report) -> None:
            learner, score = plain_line(report.learner), f"{points(report.score)}/{points(report.max_score)}"
            print(f"[{next(numbers)}/{total}] {learner}  {score}", file=sys.stderr, flush=True)

        yield say
        return
    name = TextColumn("{task.description}", markup=False)
    columns = (BarColumn(), MofNCompleteColumn(), TimeRemainingColumn(), name)
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task("", total=total, completed=done)
        yield lambda report: bar.update(task, advance=1, description=plain_line(report.learner))


@contextlib.contextmanager
def patience(after: float = _PATIENCE) -> Iterator[None]:
    """Say on a terminal that work goes on, once it has taken some seconds: an endless loop looks like a hang."""
    if not sys.stderr.isatty():
        yield
        return
    told = _("still checking; code that does not end, such as an endless loop, is stopped soon …")
    timer = threading.Timer(after, print, [told], {"file": sys.stderr, "flush": True})
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def print_remarks(remarks: Iterable[str]) -> None:
    """Say what an instructor should know beside the results, on standard error."""
    for remark in remarks:
        print(plain_line(remark), file=sys.stderr, flush=True)


def print_class(gradebook: Gradebook) -> None:
    """Show the class table on standard output."""
    terminal = _terminal()
    sys.stdout.write(render(gradebook, width=terminal.width, colour=terminal.colour))


def print_report(report: Report, *, everything: bool = False) -> None:
    """Show one learner's report on standard output; ``everything`` tells of each property, too."""
    print_page(functools.partial(render_report, report, everything=everything))


class _Render(Protocol):
    def __call__(self, *, width: int, colour: bool) -> str: ...


def print_page(render: _Render) -> None:
    """Show what lays itself out for a width, on standard output and at once: the next may be long in coming."""
    terminal = _terminal()
    sys.stdout.write(render(width=min(terminal.width, _MAX_WIDTH), colour=terminal.colour))
    sys.stdout.flush()


class _Terminal(NamedTuple):
    width: int
    colour: bool


def _terminal() -> _Terminal:
    """Standard output as Rich sees it, with NO_COLOR, FORCE_COLOR, TERM and COLUMNS."""
    console = Console()
    return _Terminal(console.width, console.color_system is not None and not console.no_color)
