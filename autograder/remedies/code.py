"""Reads a learner's source for what leaves torch, and for definitions that are not what the exercise asks for."""

from __future__ import annotations

import ast
import difflib
from collections.abc import Iterator, Mapping

from autograder.language import N_, _
from autograder.torch_names import building_names

Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef

_OF_SHAPES = frozenset({"shape", "size", "dim", "ndim", "numel", "len", "dtype"})  # numbers that Python may have
_IF = N_("`{word}` decides once, for a whole tensor: torch.where chooses for each element")
_TRUTH = N_("`{word}` wants one truth value of a whole tensor: & | ~ work on each element, comparisons in parentheses")
_COMPARES = N_("Python's {name} compares whole tensors: torch.where chooses for each element")
_MATH = N_("math.{name} takes one number out of torch, and the gradient is lost: use torch.{other}")
_READS = N_("{name}() takes one number out of torch, and the gradient is lost: compute with the tensor itself")
_LOOP = N_("a loop handles one number at a time: operations on whole tensors handle all at once")
_OF_MATH = {"fabs": "abs", "gamma": "lgamma", "fsum": "sum", "dist": "dist", "cbrt": "pow"}


def leaving(tree: ast.AST, line: int | None = None) -> tuple[int, str] | None:
    """The first place, or that in ``line``, where Python wants a number of a tensor, and what to write instead."""
    imported = dict(_imported(tree))
    found = sorted(
        (rank, node.lineno, told)
        for node in ast.walk(tree)
        if isinstance(node, ast.expr | ast.stmt) and (line is None or _is_at(node, line))
        for rank, told in _leaves(node, imported)
    )
    return found[0][1:] if found else None


def _is_at(node: ast.expr | ast.stmt, line: int) -> bool:
    """Whether a node stands in a line; of a statement with a body only its head does."""
    last = node.test.end_lineno if isinstance(node, ast.If | ast.While) else node.end_lineno
    if isinstance(node, ast.For):
        last = node.iter.end_lineno
    return node.lineno <= line <= (last or node.lineno)


def _imported(tree: ast.AST) -> Iterator[tuple[str, str]]:
    """Each name that an import gives, and its full one."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import | ast.ImportFrom):
            home = f"{node.module}." if isinstance(node, ast.ImportFrom) else ""
            yield from ((alias.asname or alias.name, f"{home}{alias.name}") for alias in node.names)


def _of_math(called: ast.expr, imported: Mapping[str, str]) -> str | None:
    """The name of a function of the module math, however it is imported; None for all else."""
    match called:
        case ast.Name(id=name):
            home, _dot, function = imported.get(name, "").rpartition(".")
        case ast.Attribute(value=ast.Name(id=module), attr=function):
            home = imported.get(module, module)
        case ast.Attribute(value=ast.Attribute(value=ast.Name(id="torch"), attr="math"), attr=function):
            home = "math"  # torch imports it for itself
        case _:
            return None
    return function if home == "math" else None


def _leaves(node: ast.AST, imported: Mapping[str, str]) -> Iterator[tuple[int, str]]:
    """What a node asks of a tensor, the surest sign first."""
    match node:
        case ast.Call(func=called) if (name := _of_math(called, imported)) and _of_tensors(node.args):
            yield 0, _math(name)
        case ast.Call(func=ast.Name(id="float" | "int" | "bool" | "round" as name)) if _of_tensors(node.args):
            yield 1, _(_READS).format(name=name)
        case ast.Call(func=ast.Name(id="max" | "min" | "sorted" | "any" | "all" as name)) if _of_tensors(node.args):
            yield 2, _(_COMPARES).format(name=name)
        case ast.If(test=test) | ast.IfExp(test=test) | ast.While(test=test) | ast.Assert(test=test) if _of_numbers(
            test
        ):
            word = {ast.While: "while", ast.Assert: "assert"}.get(type(node), "if")
            yield 3, _(_IF).format(word=word)
        case ast.BoolOp(op=operator) if _of_tensors(node.values):
            yield 4, _(_TRUTH).format(word="and" if isinstance(operator, ast.And) else "or")
        case ast.UnaryOp(op=ast.Not(), operand=operand) if _of_tensors([operand]):
            yield 4, _(_TRUTH).format(word="not")
        case ast.For(iter=iterated) if _of_tensors([iterated]):
            yield 5, _(_LOOP)


def _math(name: str) -> str:
    known = _OF_MATH.get(name, name)
    if known not in building_names("torch"):
        return _(_READS).format(name=f"math.{name}")
    return _(_MATH).format(name=name, other=known)


def _of_tensors(arguments: list[ast.expr]) -> bool:
    """Whether variables stand in it, other than through their shape: float('inf') and math.log(2) are numbers."""
    names = [node for argument in arguments for node in ast.walk(argument)]
    if any(isinstance(node, ast.Attribute) and node.attr in _OF_SHAPES for node in names):
        return False
    return any(isinstance(node, ast.Name) and node.id not in {"math", "len", "range"} for node in names)


def _of_numbers(test: ast.expr) -> bool:
    """Whether a test may be one of a tensor: not of None, of a text such as a reduction, or of a shape."""
    texts = [node for node in ast.walk(test) if isinstance(node, ast.Constant)]
    if any(text.value is None or isinstance(text.value, str) for text in texts):
        return False
    return _of_tensors([test])


# --- definitions ---


def definition(tree: ast.Module, symbol: str) -> Definition | None:
    """The definition of a name at the top of a file; the last one counts."""
    found = [node for node in tree.body if isinstance(node, Definition) and node.name == symbol]
    return found[-1] if found else None


def methods(node: ast.ClassDef) -> list[ast.FunctionDef]:
    """The methods of a class, in order."""
    return [item for item in node.body if isinstance(item, ast.FunctionDef)]


def without_self(tree: ast.AST, name: str) -> ast.FunctionDef | None:
    """The method of that name that does not begin with self, if there is one."""
    for node in ast.walk(tree):
        for method in methods(node) if isinstance(node, ast.ClassDef) else ():
            first = [argument.arg for argument in (*method.args.posonlyargs, *method.args.args)][:1]
            if method.name == name and first != ["self"] and not method.decorator_list:
                return method
    return None


def meant_for_forward(tree: ast.AST, node: ast.ClassDef) -> tuple[int, str]:
    """A line, and what to do, where a module has no forward."""
    names = {method.name: method.lineno for method in methods(node) if not method.name.startswith("__")}
    near = difflib.get_close_matches("forward", [name.casefold() for name in names], n=1, cutoff=0.6)
    found = next((name for name in names if name.casefold() in near), None)
    if found is None and len(names) == 1:
        found = next(iter(names))
    if found is not None:
        told = _("the class defines no forward, but {found}; rename that to forward")
        return names[found], told.format(found=found)
    for item in ast.walk(tree):
        if isinstance(item, ast.FunctionDef) and item.name == "forward":
            told = _("this forward is no method of {name}: indent it as far as the class's other methods")
            return item.lineno, told.format(name=node.name)
    return node.lineno, _("the class defines no method forward: write `def forward(self, ...)` in it")


def defined_names(tree: ast.AST) -> set[str]:
    """Every name that a source gives a value anywhere."""
    names = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
    names |= {node.name for node in ast.walk(tree) if isinstance(node, Definition)} | dict(_imported(tree)).keys()
    return names | {node.arg for node in ast.walk(tree) if isinstance(node, ast.arg)}
