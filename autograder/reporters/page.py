"""How the console reporter lays text out: a page of a fixed width, marks for verdicts, labelled rows."""

import io
from collections.abc import Iterable

from rich.cells import cell_len
from rich.console import Console, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from autograder.reporters.text import plain
from autograder.result import Verdict

LABEL = 16
"""The width of the labels in ``rows``."""

MARKS = {
    Verdict.PASS: ("✓", "green"),
    Verdict.FAIL: ("✗", "red"),
    Verdict.FLAKY: ("~", "red"),
    Verdict.TIMEOUT: ("T", "red"),
    Verdict.CRASH: ("C", "red"),
    Verdict.FORBIDDEN: ("⊘", "red"),
    Verdict.UNIMPLEMENTED: ("·", "yellow"),
    Verdict.MISSING: ("-", "yellow"),
    Verdict.SKIPPED: ("»", "dim"),
    Verdict.UNDECIDED: ("?", "cyan"),
    Verdict.ERROR: ("!", "magenta"),
}
"""Each verdict as one character, and its colour."""


class Page:
    """Collects what Rich lays out, as text of a fixed width."""

    def __init__(self, width: int, colour: bool) -> None:
        self._text = io.StringIO()
        self._console = Console(
            file=self._text,
            width=width,
            height=100,  # without it Rich takes 80 columns wherever TERM=dumb
            color_system="standard" if colour else None,
            force_terminal=colour,
            force_jupyter=False,  # in a notebook Rich would show the text below the cell instead of returning it
            no_color=not colour,
            legacy_windows=False,
            highlight=False,
            markup=False,
            emoji=False,
        )

    def line(self) -> None:
        """Adds an empty line."""
        self._console.print()

    def add(self, item: RenderableType, indent: int = 0) -> None:
        """Adds what Rich can lay out."""
        self._console.print(Padding(item, (0, 0, 0, indent)) if indent else item)

    def flow(self, parts: Iterable[Text], separator: str, indent: int = 0) -> None:
        """Adds short texts side by side, as many on a line as fit."""
        line, end = Text(), separator.rstrip()
        for part in parts:
            if line and line.cell_len + cell_len(separator + end) + part.cell_len > self._console.width - indent:
                self.add(Text.assemble(line, end), indent)
                line = Text()
            line = Text.assemble(line, separator if line else "", part)
        self.add(line, indent)

    def code(self, text: str, indent: int) -> None:
        """Adds lines to paste: never wrapped, for a wrapped line is no Python."""
        for line in plain(text).splitlines():
            self._console.print(Text(" " * indent + line, style="bold"), soft_wrap=True)

    def text(self) -> str:
        """The page, without spaces at line ends."""
        return "".join(f"{line.rstrip()}\n" for line in self._text.getvalue().splitlines())


def mark(verdict: Verdict) -> Text:
    """The verdict's mark in its colour."""
    return Text(*MARKS[verdict])


def rows(labelled: Iterable[tuple[str, Text]]) -> Table:
    """Labelled texts, one below the other; what wraps stays right of the labels."""
    table = Table.grid()
    table.add_column(width=LABEL, style="dim", no_wrap=True)
    table.add_column(overflow="fold")  # a Chinese sentence is one word to Rich
    for label, text in labelled:
        table.add_row(label, text)
    return table
