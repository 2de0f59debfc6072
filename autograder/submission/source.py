"""The code of one exercise as rules and workers get it, and how bytes and names become text."""

import codecs
import io
import tokenize
from dataclasses import dataclass
from typing import NamedTuple

from autograder.errors import SubmissionError
from autograder.language import _

NOT_CHARSETS = frozenset({"idna", "punycode", "raw_unicode_escape", "undefined", "unicode_escape", "utf-7"})
"""Codings of Python that no editor saves: they hide code from its reader, and punycode takes minutes."""


class CellLine(NamedTuple):
    """Where a line stands in a notebook: the cell, counted from the top with text cells, and its line."""

    cell: int
    line: int


@dataclass(frozen=True, slots=True)
class Source:
    """The code of one exercise.

    Args:
        text: the code; every line ends in a plain newline.
        path: its name as the learner knows it, such as ``activations/sigmoid.py`` or ``work.ipynb``.
        cells: where each line of ``text`` comes from; empty for a file.

    """

    text: str
    path: str
    cells: tuple[CellLine, ...] = ()

    def where(self, line: int) -> str:
        """A line of ``text`` (from 1) in words: ``line 3``, or ``cell 4, line 2`` of a notebook."""
        if not self.cells:
            return _("line {line}").format(line=line)
        at = self.cells[min(max(line, 1), len(self.cells)) - 1]
        return _("cell {cell}, line {line}").format(cell=at.cell, line=at.line)

    def line(self, number: int) -> str:
        """A line of ``text`` (from 1), without the space around it; empty where there is none of that number."""
        lines = self.text.split("\n")
        return lines[number - 1].strip() if 0 < number <= len(lines) else ""


def printable(name: str) -> str:
    r"""A file name made safe for JSON, CSV and terminals: ``\n`` for a newline, ``\udce9`` for a stray byte.

    Only what Python calls unprintable is escaped, and the backslash itself (as ``\\``), so different names
    stay different and :func:`original` gives the name back. Commas, quotes and all letters are kept.
    """
    return "".join(c if c.isprintable() and c != "\\" else c.encode("unicode_escape").decode("ascii") for c in name)


def original(name: str) -> str:
    """The file name that :func:`printable` was given."""
    return name.encode("latin-1", "backslashreplace").decode("unicode_escape")


def decode_source(data: bytes, path: str) -> str:
    """The text of a Python file, decoded as Python does: byte order mark, coding line, else UTF-8."""
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raise SubmissionError(_("{file} is saved as UTF-16: save it as UTF-8").format(file=path))
    coding = "utf-8"
    try:
        coding, _lines = tokenize.detect_encoding(io.BytesIO(data).readline)
        if coding in NOT_CHARSETS:
            fact = _("{file} declares coding={coding}: save it as UTF-8, without a coding line")
            raise SubmissionError(fact.format(file=path, coding=coding))
        text = data.decode(coding)
    except UnicodeDecodeError as error:
        line, byte = data.count(b"\n", 0, error.start) + 1, f"{data[error.start]:#04x}"
        fact = _("{file} is not text in {coding} (line {line}, byte {byte}): save it as UTF-8")
        raise SubmissionError(fact.format(file=path, coding=coding, line=line, byte=byte)) from None
    except (SyntaxError, LookupError) as error:  # an unknown coding, or one that is no text encoding
        fact = _("{file} cannot be decoded ({error}): save it as UTF-8, without a coding line")
        raise SubmissionError(fact.format(file=path, error=printable(str(error)))) from None
    if "\0" in text:
        fact = _("{file} holds NUL bytes, so it is no Python text: save it as plain text in UTF-8")
        raise SubmissionError(fact.format(file=path))
    return unix_lines(text)


def unix_lines(text: str) -> str:
    """The text with the line ends that Python sees; ``str.splitlines`` would also split at form feeds."""
    return text.replace("\r\n", "\n").replace("\r", "\n")
