"""One exercise's source, cut out of a notebook or a script: its last definition and what that needs, no more."""

import ast
import builtins
import re
import warnings
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from autograder.errors import SubmissionError
from autograder.language import _
from autograder.submission.cells import Cell, notebook_cells, script_cells
from autograder.submission.scope import Statement, read_statement
from autograder.submission.source import CellLine, Source

MAX_CODE = 128 * 1024
MAX_MAGICS = 50

_PYTHON_CELLS = {"%%time", "%%capture"}  # the rest of such a cell is ordinary Python
_MAGIC = re.compile(r"[%!?]|[\w.]+\?|\w[\w, ]*=\s*[%!]")
_REFUSED = (SyntaxError, ValueError, RecursionError, MemoryError)  # by ast and symtable, for bad or deep code


@dataclass(frozen=True, slots=True)
class BrokenCell:
    """A code cell that is no Python; kept for the error in it."""

    cell: Cell
    after: int  # how many statements come before it


@dataclass(frozen=True, slots=True)
class Notebook:
    """A notebook's or a script's code, statement by statement."""

    path: str
    statements: tuple[Statement, ...]
    broken: tuple[BrokenCell, ...]
    script: bool = False

    def source(self, symbol: str) -> Source | None:
        """The source of one exercise; None where no cell defines the symbol."""
        defining = [i for i, statement in enumerate(self.statements) if symbol in statement.defines]
        pattern = re.compile(rf"^[ \t]*(async[ \t]+)?(def|class)[ \t]+{re.escape(symbol)}\b", re.MULTILINE)
        faulty = [broken for broken in self.broken if pattern.search(broken.cell.code)]
        if faulty and (not defining or faulty[-1].after > defining[-1]):
            cell = faulty[-1].cell  # whoever compiles it next says what is wrong with it, and where
            if not cell.number:
                return Source("\n" * cell.above + cell.code, self.path)
            numbers = range(1, cell.code.count("\n") + 2)
            return Source(cell.code, self.path, tuple(CellLine(cell.number, n) for n in numbers))
        return self._cut(symbol) if defining else None

    def defines(self, symbol: str) -> bool:
        """Whether some cell defines the symbol."""
        return any(symbol in statement.defines for statement in self.statements)

    def assigns(self, symbol: str) -> bool:
        """Whether some cell gives the symbol a value, in whatever way."""
        return any(symbol in statement.binds for statement in self.statements)

    def _cut(self, symbol: str) -> Source:
        needed = _Needs(self.statements).of(symbol)
        futures = {i for i, statement in enumerate(self.statements) if _is_future(statement.node)}
        order = [*sorted(futures), *sorted(needed.keys() - futures)]  # a __future__ import must come first
        cut = [(self.statements[i], _trimmed(self.statements[i], needed[i], i in futures)) for i in order]
        if self.script:
            return Source(_in_place(cut), self.path)
        lines = [line for _statement, text in cut for line in text]
        cells = [cell for statement, text in cut for cell in statement.cells[: len(text)]]
        return Source("\n".join(lines) + "\n", self.path, tuple(cells))


def read_notebook(data: bytes, path: str) -> Notebook:
    """The code cells of a notebook of any format version; SubmissionError where it is none."""
    return read_cells(notebook_cells(data, path), path)


def read_script(text: str, path: str) -> Notebook:
    """A script as a notebook: as one cell where it is Python, else by its cells, so that one mistake costs one."""
    whole = read_cells([Cell(0, text)], path)
    return replace(read_cells(script_cells(text), path) if whole.broken else whole, script=True)


def read_cells(cells: Iterable[Cell], path: str) -> Notebook:
    """Code cells in the order in which they run."""
    statements: list[Statement] = []
    broken: list[BrokenCell] = []
    defined: set[str] = set()
    size = 0
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # "\d" in a learner's string is no concern of whoever grades
        for cell in cells:
            size += len(cell.code)
            if size > MAX_CODE:
                fact = _("{file} holds more than {n} KiB of code: hand in the work alone")
                raise SubmissionError(fact.format(file=path, n=MAX_CODE // 1024))
            text = _without_magics(cell.code)
            try:
                found = _statements(cell._replace(code=text), defined)
            except _REFUSED:
                shown = cell._replace(code=text.encode(errors="replace").decode())
                broken.append(BrokenCell(shown, len(statements)))
            else:
                statements += found
    return Notebook(path, tuple(statements), tuple(broken))


def _statements(cell: Cell, defined: set[str]) -> list[Statement]:
    lines = cell.code.encode().split(b"\n")
    found: list[Statement] = []
    for node in ast.parse(cell.code).body:
        found.append(read_statement(node, CellLine(cell.number, cell.above), lines, defined))
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


def _in_place(cut: Iterable[tuple[Statement, Sequence[str]]]) -> str:
    """Statements of a script on the lines where they stand in it, with blank ones for what is left out."""
    lines: list[str] = []
    for statement, text in cut:
        first = statement.cells[0].line
        if len(lines) < first:
            lines += [""] * (first - 1 - len(lines))
            lines += text
        else:  # "a = 1; b = 2"
            lines[-1] += f"; {text[0]}"
            lines += text[1:]
    return "\n".join(lines) + "\n"


def _trimmed(statement: Statement, names: set[str], whole: bool) -> Sequence[str]:
    """The statement's lines; of an import only the names that are needed, so that plotting is not accused."""
    node = statement.node
    if whole or not isinstance(node, ast.Import | ast.ImportFrom) or _is_star(node):
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
