"""Code cells: those of a notebook, of which pictures are never parsed, and those of a script in percent format."""

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from autograder.errors import SubmissionError
from autograder.language import _
from autograder.submission.source import printable, unix_lines

MAX_TOKENS = 1_000_000  # strings and brackets; to walk over them takes half a second
MAX_CELLS = 16 << 20  # of a notebook without what its cells have shown
MAX_STRUCTURE = 1 << 20  # of that what is not in a string: of three bytes Python makes a thing of hundreds

_TOKEN = re.compile(rb'"(?:[^"\\]++|\\.?)*+(?:"|\Z)|[\[\]{}]', re.DOTALL)
_QUOTE, _OPEN = b'"'[0], b"[{"
_SHOWN = frozenset({b'"outputs"', b'"attachments"', b'"metadata"'})
_LONGEST = max(map(len, _SHOWN)) + 1  # of a string, no more matters
_PERCENT = re.compile(r"^#[ \t]?%%", re.MULTILINE)


class Cell(NamedTuple):
    """A cell's code.

    Args:
        number: counted from the top with text cells; 0 in a script, where lines are counted through.
        code: its text.
        above: how many lines of the script stand above it.

    """

    number: int
    code: str
    above: int = 0


def notebook_cells(data: bytes, path: str) -> Iterator[Cell]:
    """The code cells of a notebook of any format version; SubmissionError where it is none."""
    import nbformat  # takes a second or two, which a class without notebooks need not wait for
    from nbformat import reader

    try:
        notebook = reader.reads(_without_shown(data, path).decode("utf-8-sig"))  # type: ignore[no-untyped-call]
        cells: Any = nbformat.convert(notebook, 4)["cells"]  # type: ignore[no-untyped-call]
        code = [(n, cell["source"]) for n, cell in enumerate(cells, 1) if cell["cell_type"] == "code"]
    except (
        nbformat.ValidationError,
        AttributeError,
        KeyError,
        RecursionError,
        TypeError,
        ValueError,
    ) as error:
        said = printable(str(error).partition("\n")[0][:100])
        fact = _("{file} is no notebook that can be read ({error}): open it in Jupyter and save it again")
        raise SubmissionError(fact.format(file=path, error=f"{type(error).__name__}: {said}")) from None
    for number, text in code:
        if not isinstance(text, str):
            fact = _("{file} has no text in cell {n}: open it in Jupyter and save it again")
            raise SubmissionError(fact.format(file=path, n=number))
        yield Cell(number, unix_lines(text))


def script_cells(text: str) -> Iterator[Cell]:
    """A script from one ``# %%`` to the next; without any it is one cell."""
    starts = [0, *(found.start() for found in _PERCENT.finditer(text) if found.start())]
    above = 0
    for start, end in zip(starts, [*starts[1:], len(text)], strict=True):
        yield Cell(0, text[start:end], above)
        above += text.count("\n", start, end)


def _without_shown(data: bytes, path: str) -> bytes:
    """A notebook's JSON with empty outputs, attachments and metadata: pictures of megabytes, and no code."""
    kept: list[bytes] = []
    start = 0
    for begin, end in _shown(data, path):
        kept.append(data[start:begin])
        start = end
    rest = b"".join([*kept, data[start:]])
    strings = sum(token.end() - token.start() for token in _TOKEN.finditer(rest) if rest[token.start()] == _QUOTE)
    for size, limit in ((len(rest), MAX_CELLS), (len(rest) - strings, MAX_STRUCTURE)):
        if size > limit:
            fact = _("{file} is larger than {n} MiB even without its outputs: hand in the code alone")
            raise SubmissionError(fact.format(file=path, n=limit >> 20))
    return rest


def _shown(data: bytes, path: str) -> Iterator[tuple[int, int]]:
    """Where the values begin and end, between their brackets, that are no code."""
    depth = 0
    opened = at_depth = 0  # a value that is to be left out
    key, after = b"", 0
    for count, token in enumerate(_TOKEN.finditer(data)):
        if count == MAX_TOKENS:
            fact = _("{file} holds more than {n} texts and lists: clear the notebook's outputs")
            raise SubmissionError(fact.format(file=path, n=MAX_TOKENS))
        at, end = token.span()
        if data[at] == _QUOTE:
            key, after = data[at : min(end, at + _LONGEST)], end
        elif data[at] in _OPEN:
            depth += 1
            if not opened and key in _SHOWN and data[after:at].strip() == b":":
                opened, at_depth = end, depth
        else:
            if opened and depth == at_depth:
                yield opened, at
                opened = 0
            depth -= 1
