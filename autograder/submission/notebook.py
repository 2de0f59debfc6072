"""One exercise's source, cut out of a notebook: its last definition and what that needs, and nothing else."""

import ast
import builtins
import re
import warnings
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from autograder.errors import SubmissionError
from autograder.language import _
from autograder.submission.scope import Statement, read_statement
from autograder.submission.source import CellLine, Source, printable, unix_lines

MAX_CODE = 128 * 1024
MAX_MAGICS = 50

_PYTHON_CELLS = {"%%time", "%%capture"}  # the rest of such a cell is ordinary Python
_MAGIC = re.compile(r"[%!?]|[\w.]+\?|\w[\w, ]*=\s*[%!]")
_REFUSED = (SyntaxError, ValueError, RecursionError, MemoryError)  # by ast and symtable, for bad or deep code


@dataclass(frozen=True, slots=True)
class BrokenCell:
    """A code cell that is no Python; kept for the error in it."""

    cell: int
    text: str
    after: int  # how many statements come before it


@dataclass(frozen=True, slots=True)
class Notebook:
    """A notebook's code, statement by statement."""

    path: str
    statements: tuple[Statement, ...]
    broken: tuple[BrokenCell, ...]

    def source(self, symbol: str) -> Source | None:
        """The source of one exercise; None where no cell defines the symbol."""
        defining = [i for i, statement in enumerate(self.statements) if symbol in statement.defines]
        pattern = re.compile(rf"^[ \t]*(async[ \t]+)?(def|class)[ \t]+{re.escape(symbol)}\b", re.MULTILINE)
        faulty = [cell for cell in self.broken if pattern.search(cell.text)]
        if faulty and (not defining or faulty[-1].after > defining[-1]):
            cell = faulty[-1]  # whoever compiles it next says what is wrong with it, and where
            numbers = range(1, cell.text.count("\n") + 2)
            return Source(cell.text, self.path, tuple(CellLine(cell.cell, n) for n in numbers))
        return self._cut(symbol) if defining else None

    def assigns(self, symbol: str) -> bool:
        """Whether some cell gives the symbol a value, in whatever way."""
        return any(symbol in statement.binds for statement in self.statements)

    def _cut(self, symbol: str) -> Source:
        needed = _Needs(self.statements).of(symbol)
        futures = [i for i, statement in enumerate(self.statements) if _is_future(statement.node)]
        lines: list[str] = []
        cells: list[CellLine] = []
        for index in [*futures, *sorted(needed.keys() - set(futures))]:  # a __future__ import must come first
            statement = self.statements[index]
            text = statement.lines if index in futures else _trimmed(statement, needed[index])
            lines += text
            cells += statement.cells[: len(text)]
        return Source("\n".join(lines) + "\n", self.path, tuple(cells))


def read_notebook(data: bytes, path: str) -> Notebook:
    """The code cells of a notebook of any format version; SubmissionError where it is none."""
    return read_cells(_code_cells(data, path), path)


def read_cells(cells: Iterable[tuple[int, str]], path: str) -> Notebook:
    """Code cells with their numbers, in the order in which they run."""
    statements: list[Statement] = []
    broken: list[BrokenCell] = []
    defined: set[str] = set()
    size = 0
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # "\d" in a learner's string is no concern of whoever grades
        for number, code in cells:
            size += len(code)
            if size > MAX_CODE:
                fact = _("{file} holds more than {n} KiB of code: hand in the work alone")
                raise SubmissionError(fact.format(file=path, n=MAX_CODE // 1024))
            text = _without_magics(code)
            try:
                found = _statements(text, number, defined)
            except _REFUSED:
                broken.append(BrokenCell(number, text.encode(errors="replace").decode(), len(statements)))
            else:
                statements += found
    return Notebook(path, tuple(statements), tuple(broken))


def _code_cells(data: bytes, path: str) -> Iterator[tuple[int, str]]:
    import nbformat  # takes a second or two, which a class without notebooks need not wait for
    from nbformat import reader

    try:
        notebook = reader.reads(data.decode("utf-8-sig"))  # type: ignore[no-untyped-call]
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
        yield number, unix_lines(text)


def _statements(text: str, cell: int, defined: set[str]) -> list[Statement]:
    lines = text.encode().split(b"\n")
    found: list[Statement] = []
    for node in ast.parse(text).body:
        found.append(read_statement(node, cell, lines, defined))
        defined |= found[-1].defines
    return found


def _without_magics(code: str) -> str:
    """The cell with IPython's own lines blanked; line numbers stay.

    A line is only taken for a magic where Python refuses it: ``% width`` may as well continue an expression.
    """
    lines = code.split("\n")
    first = next((n for n, line in enumerate(lines) if line.strip()), 0)
    if lines[first].startswith("%%"):
        if lines[first].split()[0] not in _PYTHON_CELLS:
            return ""  # another language, or a cell that leaves no names behind
        lines[first] = ""
    for _attempt in range(MAX_MAGICS):
        at = _refused_line("\n".join(lines))
        if at is None or not 1 <= at <= len(lines) or not _MAGIC.match(lines[at - 1].lstrip()):
            break
        _blank(lines, at - 1)
    return "\n".join(lines)


def _refused_line(text: str) -> int | None:
    try:
        ast.parse(text)
    except SyntaxError as error:
        return error.lineno
    except _REFUSED:
        return None
    return None


def _blank(lines: list[str], at: int) -> None:
    continued = lines[at].endswith("\\")
    lines[at] = lines[at][: -len(lines[at].lstrip())] + "pass"
    while continued and at + 1 < len(lines):
        at += 1
        continued = lines[at].endswith("\\")
        lines[at] = ""


def _is_future(node: ast.stmt) -> bool:
    return isinstance(node, ast.ImportFrom) and node.module == "__future__"


def _is_star(node: ast.stmt) -> bool:
    return isinstance(node, ast.ImportFrom) and node.names[0].name == "*"


def _is_implied(node: ast.stmt, name: str) -> bool:
    return isinstance(node, ast.Import) and name not in {alias.asname or alias.name for alias in node.names}


def _trimmed(statement: Statement, names: set[str]) -> Sequence[str]:
    """The statement's lines; of an import only the names that are needed, so that plotting is not accused."""
    node = statement.node
    if not isinstance(node, ast.Import | ast.ImportFrom) or _is_star(node):
        return statement.lines
    kept = [alias for alias in node.names if (alias.asname or alias.name.partition(".")[0]) in names]
    if len(kept) == len(node.names):
        return statement.lines
    if isinstance(node, ast.Import):
        return [ast.unparse(ast.Import(names=kept))]
    return [ast.unparse(ast.ImportFrom(module=node.module, names=kept, level=node.level))]


class _Needs:
    """Which statements give a name its value, transitively."""

    def __init__(self, statements: Sequence[Statement]) -> None:
        self.statements = statements
        self.stars = [i for i, statement in enumerate(statements) if _is_star(statement.node)]
        self.defined: dict[str, list[int]] = defaultdict(list)
        self.bound: dict[str, list[int]] = defaultdict(list)
        self.implied: dict[str, list[int]] = defaultdict(list)
        self.changed: dict[str, list[int]] = defaultdict(list)
        for index, statement in enumerate(statements):
            for name in statement.binds:
                if name in statement.defines:
                    self.defined[name].append(index)
                elif _is_implied(statement.node, name):
                    self.implied[name].append(index)
                else:
                    self.bound[name].append(index)
            for name in statement.changes:
                self.changed[name].append(index)

    def of(self, symbol: str) -> dict[int, set[str]]:
        """Indices of the statements that ``symbol`` needs, with the names that are needed from each."""
        end = len(self.statements)
        needed: dict[int, set[str]] = defaultdict(set)
        todo = [(symbol, end)]
        while todo:
            name, before = todo.pop()
            for index in self._givers(name, before):
                if index not in needed:
                    todo += [(use, index) for use in self.statements[index].now]
                    todo += [(use, end) for use in self.statements[index].later]
                needed[index].add(name)
        return needed

    def _givers(self, name: str, before: int) -> list[int]:
        """The last definition of a name, else its last other binding, and the last change made to it since.

        A definition goes first: ``sigmoid = nn.Sigmoid()`` further down only compares. An import such as
        ``import torch.utils.data`` goes last, although it binds torch.
        """
        for given in (self.defined, self.bound, self.implied):
            index = _last(given.get(name, ()), before)
            if index is not None:
                change = _last(self.changed.get(name, ()), before)  # it reads the name, so earlier ones follow
                return [index] if change is None or change < index else [index, change]
        return [] if hasattr(builtins, name) else self.stars


def _last(indices: Sequence[int], before: int) -> int | None:
    at = bisect_left(indices, before)
    return indices[at - 1] if at else None
