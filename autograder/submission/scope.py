"""What a top-level statement gives names to, and which names it needs; read from the syntax, never run."""

import ast
import symtable
from collections.abc import Iterator, Set
from dataclasses import dataclass

from autograder.submission.source import CellLine

_INLINE = {"listcomp", "setcomp", "dictcomp", "genexpr"}  # scopes that run where they stand
_SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)
_DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


@dataclass(frozen=True, slots=True)
class Statement:
    """One top-level statement of a notebook.

    Args:
        node: its syntax tree.
        lines: its text.
        cells: where each line of it stands.
        binds: names it gives a value to in any way.
        defines: those of them that it defines: def, class, a lambda, or another name for one of these.
        changes: names whose value it alters in place: ``Loss.forward = …``, ``table[0] = …``.
        now: names that it reads when it runs.
        later: names that the functions in it read when they are called.

    """

    node: ast.stmt
    lines: tuple[str, ...]
    cells: tuple[CellLine, ...]
    binds: frozenset[str]
    defines: frozenset[str]
    changes: frozenset[str]
    now: frozenset[str]
    later: frozenset[str]


def read_statement(node: ast.stmt, above: CellLine, cell_lines: list[bytes], defined: Set[str]) -> Statement:
    """Describe one statement of a cell.

    Args:
        node: its syntax tree.
        above: the line above the cell's first one.
        cell_lines: the cell's text.
        defined: the names defined by the statements before it.

    """
    start = min([node.lineno, *(d.lineno for d in getattr(node, "decorator_list", []))])
    end = node.end_lineno or node.lineno
    lines = cell_lines[start - 1 : end]
    lines[-1] = lines[-1][: node.end_col_offset]
    if start == node.lineno:
        lines[0] = lines[0][node.col_offset :]  # after "a = 1; "
    text = tuple(line.decode() for line in lines)
    table = symtable.symtable("\n".join(text), "cell", "exec")
    own = list(_own_nodes(node))
    changes = frozenset(_changed(own))
    augmented = {n.target.id for n in own if isinstance(n, ast.AugAssign) and isinstance(n.target, ast.Name)}
    now = {s.get_name() for s in table.get_symbols() if s.is_referenced()} | augmented
    inner = [use for child in table.get_children() for use in _uses(child, later=False)]
    return Statement(
        node=node,
        lines=text,
        cells=tuple(CellLine(above.cell, above.line + number) for number in range(start, end + 1)),
        binds=frozenset(s.get_name() for s in table.get_symbols() if s.is_assigned() or s.is_imported()),
        defines=frozenset(_defined(own, defined)),
        changes=changes,
        now=frozenset(now | {name for name, later in inner if not later}),
        later=frozenset(name for name, later in inner if later),
    )


def _own_nodes(statement: ast.stmt) -> Iterator[ast.AST]:
    """The nodes that run with the statement: not the bodies of functions and classes in it."""
    todo: list[ast.AST] = [statement]
    while todo:
        node = todo.pop()
        yield node
        if not isinstance(node, _SCOPES):
            todo.extend(ast.iter_child_nodes(node))


def _uses(table: symtable.SymbolTable, later: bool) -> Iterator[tuple[str, bool]]:
    """The global names that a nested scope reads, and whether only when it is called."""
    later = later or (table.get_type() == "function" and table.get_name().strip("<>") not in _INLINE)
    for symbol in table.get_symbols():
        if symbol.is_global() and symbol.is_referenced():
            yield symbol.get_name(), later
    for child in table.get_children():
        yield from _uses(child, later)


def _defined(nodes: list[ast.AST], before: Set[str]) -> Iterator[str]:
    for node in nodes:
        if isinstance(node, _DEFINITIONS):
            yield node.name
        elif isinstance(node, ast.Assign):
            value = node.value
            if isinstance(value, ast.Lambda) or (isinstance(value, ast.Name) and value.id in before):
                yield from (target.id for target in node.targets if isinstance(target, ast.Name))


def _changed(nodes: list[ast.AST]) -> Iterator[str]:
    for node in nodes:
        root = node
        while isinstance(root, ast.Attribute | ast.Subscript):
            root = root.value
        stores = isinstance(node, ast.Attribute | ast.Subscript) and isinstance(node.ctx, ast.Store)
        if stores and isinstance(root, ast.Name):
            yield root.id
