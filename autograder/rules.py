"""Raw tensor operations only: what breaks that rule, in a source and in what its running code did.

Three nets, each with a blind spot that another covers. ``check_source`` reads the syntax tree before anything
runs and names the line, but cannot know what an object is. ``check_trace`` judges the operators that one call
ran and the nodes of its autograd graph, whatever spelling led to them, but has only the worker's word for it.
"""

import ast
import string
from collections.abc import Callable, Iterable, Iterator
from functools import cached_property

from autograder.course import RulePolicy
from autograder.errors import SubmissionError
from autograder.language import N_, _
from autograder.result import Violation
from autograder.source_flow import Flow, Origin
from autograder.source_names import read_names
from autograder.source_scopes import Scopes
from autograder.torch_names import Entry, Kind, Names, load_names, plain

_AUTOGRAD_FUNCTION = frozenset({"torch.autograd.Function", "torch.autograd.function"})
_RUNS_AT_IMPORT = ast.Expr | ast.Assign | ast.AnnAssign | ast.If | ast.For | ast.While | ast.With | ast.Assert
_SHOWN = 80  # characters of what a learner wrote, in a message; the longest operator of torch has 53


def _escape(why: str, instead: str) -> Entry:
    return Entry(Kind.ESCAPE, why, instead)


_BASE_TENSOR = _escape(N_("is subclassed, and such a tensor answers as it likes"), N_("functions of plain tensors"))
_CLASS_MAKER = _escape(N_("makes classes at run time"), N_("a class statement; isinstance asks what something is"))
_COMPLEX = _escape(N_("is a complex number, under which elementary functions turn into others"), N_("real numbers"))
_CONSOLE = _escape(N_("waits for a keyboard"), N_("the arguments of your function"))
_DUNDER = _escape(N_("reaches into the insides of Python"), N_("plain attributes, calls and operators"))
_MODULE_VALUE = _escape(
    N_("is handed around as a value, where the rules cannot follow it"), N_("torch.NAME where it is needed")
)
_NEIGHBOUR = _escape(N_("imports another file, and an answer is graded alone"), N_("one file"))
_PATCHED = _escape(N_("is assigned to, which changes a module for all who use it"), N_("a name of your own"))
_PRIVATE = _escape(N_("is a private name"), N_("public tensor operations"))
_REFUSED = _escape(N_("is refused by this course"), N_("other building blocks"))
_STAR = _escape(N_("brings in names that are not written out"), N_("`import torch`, or the names one by one"))
_TEXT = _escape(N_("reaches names by text, where the rules cannot follow it"), N_("the name itself, written out"))


def check_source(source: str, policy: RulePolicy, symbol: str) -> tuple[Violation, ...]:
    """What in a source breaks the rules, by line; ``symbol`` is what the exercise asks for.

    Raises SyntaxError where the source is no Python, and SubmissionError where the parser gave up on it, as
    on ten thousand nested brackets.
    """
    if not policy.enabled:
        return ()
    try:
        tree = ast.parse(source)
        _drop_main_block(tree)
        return _Reader(tree, policy, symbol).violations()
    except (RecursionError, MemoryError, ValueError) as error:
        fact = _(
            "the source cannot be read ({error}): it is nested too deeply or holds a null byte; "
            "write shorter expressions in plain text"
        )
        raise SubmissionError(fact.format(error=type(error).__name__)) from error


def _drop_main_block(tree: ast.Module) -> None:
    """Leave out what runs only when the file is the program: there, a learner may compare with torch.nn."""
    kept: list[ast.stmt] = []
    for statement in tree.body:
        match statement:
            case ast.If(
                test=ast.Compare(
                    left=ast.Name(id="__name__"), ops=[ast.Eq()], comparators=[ast.Constant(value="__main__")]
                )
                | ast.Compare(
                    left=ast.Constant(value="__main__"), ops=[ast.Eq()], comparators=[ast.Name(id="__name__")]
                )
            ):
                kept += statement.orelse
            case _:
                kept.append(statement)
    tree.body = kept


class _Reader:
    """One reading of a syntax tree; it judges every node, inner ones first."""

    def __init__(self, tree: ast.Module, policy: RulePolicy, symbol: str) -> None:
        self._tree = tree
        self._nodes = list(ast.walk(tree))
        self._list = load_names()
        python = self._list.python
        self._readable, self._false_colours = python["readable"], python["false_colours"]
        self._modules = {*self._list.spaces, *self._list.imports} - {"object"}
        self._scopes = Scopes(tree)
        watched = {*python["by_text"], "input", "type"}
        self._own = read_names(tree, self._nodes, self._scopes, self._modules, watched)
        self._symbol = symbol
        self._allow = policy.allow
        self._deny = policy.deny | (frozenset() if policy.autograd_function else _AUTOGRAD_FUNCTION)
        self._found: dict[tuple[int, str], str] = {}
        self._accused: set[ast.AST] = set()

    def violations(self) -> tuple[Violation, ...]:
        readers: dict[type[ast.AST], Callable[..., None]] = {
            ast.Attribute: self._attribute,
            ast.Name: self._name,
            ast.Import: self._import,
            ast.ImportFrom: self._import_from,
            ast.ClassDef: self._class,
            ast.FunctionDef: self._function,
            ast.AsyncFunctionDef: self._function,
            ast.Call: self._call,
            ast.Constant: self._constant,
            ast.MatchClass: self._pattern,
        }
        for node in reversed(self._nodes):  # the walk goes from the outside in
            reader = readers.get(type(node))
            if reader is not None:
                reader(node)
        found = sorted(self._found.items())
        return tuple(Violation(line=line, call=call, message=message) for (line, call), message in found)

    def _accuse(self, node: ast.expr | ast.stmt | ast.pattern, call: str, entry: Entry | None) -> None:
        if entry is None:
            return
        self._accused.add(node)
        call = _shown(call)
        message = f"{call} {_refusal(entry)}"
        for statement in self._tree.body:
            if isinstance(statement, _RUNS_AT_IMPORT) and statement.lineno <= node.lineno <= (
                statement.end_lineno or 0
            ):
                message += _('; a trial of your own belongs under `if __name__ == "__main__":`, which is not graded')
        self._found.setdefault((node.lineno, call), message)

    # What each kind of node is judged by

    def _attribute(self, node: ast.Attribute) -> None:
        if node.value in self._accused:  # torch.ops.aten.sigmoid is one offence: torch.ops
            self._accused.add(node)
            return
        base = self._own.paths.of(node.value)
        certain = base is not None and self._own.paths.certain(node)
        if not isinstance(node.ctx, ast.Load) and (certain or self._flow.of(node.value) & Origin.TORCH):
            entry: Entry | None = _PATCHED
        elif base in self._modules and (certain or node.attr in self._list.spaces.get(base, ())):
            entry = self._in_module(base, node.attr)
        else:
            entry = self._on_object(node.attr, node.value)
        if entry is None and node in self._own.loose:
            entry = _MODULE_VALUE
        self._accuse(node, _spelled(node), entry)

    def _name(self, node: ast.Name) -> None:
        entry = None
        if not isinstance(node.ctx, ast.Load):
            entry = _DUNDER if node.id in self._false_colours else None
        elif node.id in self._list.python["by_text"] and node.id in self._own.builtins:
            entry = _TEXT
        elif node.id == "type" and "type" in self._own.builtins and node not in self._own.type_questions:
            entry = _CLASS_MAKER
        elif _is_dunder(node.id) and node.id not in self._readable:
            entry = _DUNDER
        elif node in self._own.loose:
            entry = _MODULE_VALUE
        self._accuse(node, node.id, entry)

    def _import(self, node: ast.Import) -> None:
        for alias in node.names:
            entry = _DUNDER if alias.asname in self._false_colours else self._on_path(alias.name)
            self._accuse(node, f"import {alias.name}", entry)

    def _import_from(self, node: ast.ImportFrom) -> None:
        for alias in node.names:
            if node.level:
                entry: Entry | None = _NEIGHBOUR
            elif alias.name == "*":
                entry = self._on_path(node.module or "") or _STAR
            else:
                entry = self._on_path(f"{node.module}.{alias.name}")
            if alias.asname in self._false_colours:
                entry = _DUNDER
            self._accuse(node, f"from {'.' * node.level}{node.module or ''} import {alias.name}", entry)

    def _class(self, node: ast.ClassDef) -> None:
        for base in node.bases:
            path = self._own.paths.of(base)
            hidden = path is None and self._flow.of(base) & Origin.TORCH
            if hidden or path in self._list.python["tensor_classes"]:
                self._accuse(base, _spelled(base), _BASE_TENSOR)

    def _function(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        if node.name in self._false_colours:
            self._accuse(node, node.name, _DUNDER)

    def _call(self, node: ast.Call) -> None:
        match node.func:
            case ast.Name(id="input") if "input" in self._own.builtins:
                self._accuse(node, "input()", _CONSOLE)
            case ast.Attribute(value=ast.Constant(value=str(text)), attr="format" | "format_map"):
                for name in _attributes_in(text):
                    self._accuse(node, f"{{.{name}}}", self._on_object(name))

    def _constant(self, node: ast.Constant) -> None:
        if isinstance(node.value, complex):
            self._accuse(node, ast.unparse(node), _COMPLEX)

    def _pattern(self, node: ast.MatchClass) -> None:
        for name in node.kwd_attrs:
            self._accuse(node, f".{name}", self._on_object(name, node))

    # What a name is

    @cached_property
    def _flow(self) -> Flow:
        return Flow(self._nodes, self._scopes, self._own.paths, self._symbol)

    def _on_path(self, path: str) -> Entry | None:
        """What refuses an import, judged step by step: torch, torch.nn, torch.nn.Sigmoid."""
        base, *steps = path.split(".")
        if base not in self._modules and not any(module.startswith(f"{base}.") for module in self._modules):
            roots = sorted({module.partition(".")[0] for module in self._modules})
            modules = _("one of {modules}").format(modules=", ".join(roots))
            return _escape(N_("is no module that an answer may import"), modules)
        for step in steps:
            entry = self._in_module(base, step) if base in self._modules else self._on_object(step)
            if entry is not None:
                return entry
            base = f"{base}.{step}"
        return None

    def _in_module(self, module: str, name: str) -> Entry | None:
        """What refuses ``module.name``; None where nothing does."""
        if name.startswith("_"):
            return None if name in self._readable else _PRIVATE
        path = f"{module}.{name}"
        if module in self._list.imports:
            entry = Entry(Kind.BUILDING) if name in self._list.imports[module] else None
        else:
            entry = self._list.spaces[module].get(name)
        fact = _("is not on the list of what answers may use, made from torch {version}")
        unlisted = _escape(
            fact.format(version=self._list.torch_version), N_("a building block on it, or correct the spelling")
        )
        steps = path.split(".")
        spellings = {name, *(".".join(steps[:end]) for end in range(2, len(steps) + 1))}
        return self._by_course(entry or unlisted, spellings)

    def _on_object(self, name: str, base: ast.expr | ast.MatchClass | None = None) -> Entry | None:
        """What refuses ``.name`` on an object that may be anything; None where nothing does."""
        if _is_dunder(name):
            return None if name in self._readable else _DUNDER
        stored = self._own.stored.get(name, ())
        if name in self._own.attributes or (name.startswith("_") and stored):
            origin = self._flow.of(base) if base is not None else Origin.OWN
            if not origin or (name.startswith("_") and origin == Origin.TENSOR and any(map(self._flow.of, stored))):
                return None  # the learner's own, or what the file has put on a tensor itself
        if name.startswith("_"):
            return None if name in self._readable else _PRIVATE
        # A tensor's attribute first; then what a module reached on a way round would hand out.
        spaces = ["object", "torch", *(space for space in self._list.spaces if space != "math")]
        found = (self._list.spaces[space].get(name) for space in spaces)
        entry = next((entry for entry in found if entry is not None), None)
        return self._by_course(entry, {name, f"torch.{name}", f"torch.Tensor.{name}"})

    def _by_course(self, entry: Entry | None, spellings: set[str]) -> Entry | None:
        """The list's word, unless the course has one of its own."""
        if not self._deny.isdisjoint(spellings):
            return _REFUSED
        if entry is None or entry.kind == Kind.BUILDING or not self._allow.isdisjoint(spellings):
            return None
        return entry


def _is_dunder(name: str) -> bool:
    return name.startswith("__") and name.endswith("__") and len(name) > 4


def _shown(text: str) -> str:
    """Text of a learner's as one short, printable line."""
    text = "".join(letter if letter.isprintable() else "?" for letter in text[: _SHOWN + 1])
    return text if len(text) <= _SHOWN else f"{text[: _SHOWN - 1]}…"


def _spelled(node: ast.expr) -> str:
    """An attribute as it is written: ``torch.softmax``, ``x.item``; ``….item`` of a longer expression."""
    match node:
        case ast.Name(id=name):
            return name
        case ast.Attribute(value=value, attr=attr):
            return f"{_spelled(value)}.{attr}"
    return "…"


def _attributes_in(text: str) -> Iterator[str]:
    """The attributes that a format string reads: ``{0.__class__}`` reads ``__class__``."""
    try:
        fields = [field or "" for _, field, *_ in string.Formatter().parse(text)]
    except ValueError:  # "{" is a mistake that format() itself reports, not a reason to refuse the file
        return
    for field in fields:
        steps = field.replace("[", ".[").split(".")
        yield from (step for step in steps[1:] if step and not step.startswith("["))


def check_trace(ops: Iterable[str], nodes: Iterable[str], policy: RulePolicy) -> tuple[Violation, ...]:
    """What a call did that breaks the rules: operators, ``aten::_softmax``, and nodes, ``SoftmaxBackward0``.

    Both lists are a worker's claim and may hold any text. ``policy.deny`` is for the source alone: a refused
    building block may well run inside another one.
    """
    if not policy.enabled:
        return ()
    names = load_names()
    allowed = {plain(entry.rpartition(".")[2]) for entry in policy.allow}
    allowed |= {plain(name) for entry in policy.allow for name in names.spaces.get(entry, ())}
    graph = {_shown(node) for node in nodes}
    inside = frozenset[str]().union(*(names.runs.get(plain(node), ()) for node in graph))
    found = [(op, _refused_operator(op, names, allowed | inside)) for op in sorted({*map(_shown, ops)})]
    found += [(node, _refused_node(node, names, allowed, policy)) for node in sorted(graph)]
    refused = [(call, why) for call, why in found if why is not None]
    return tuple(Violation(line=None, call=call, message=f"{call} {why}") for call, why in refused)


def _refused_operator(op: str, names: Names, allowed: set[str]) -> str | None:
    if op.partition("::")[0] not in {"aten", "prim", "prims"}:
        return _("ran, which is none of torch's plain operators; use tensor operations, called directly")
    why = _refused_as(op, names, allowed)
    return why and _("ran: it {why}").format(why=why)


def _refused_node(node: str, names: Names, allowed: set[str], policy: RulePolicy) -> str | None:
    # torch numbers its own nodes, SigmoidBackward0; a Function that a learner calls Sigmoid: SigmoidBackward.
    if node.endswith("Backward"):
        return None if policy.autograd_function else _("is an autograd.Function, which is refused by this course")
    why = _refused_as(node, names, allowed)
    return why and _("is part of the autograd graph: it {why}").format(why=why)


def _refused_as(name: str, names: Names, allowed: set[str]) -> str | None:
    entry, reached_by = names.operators.get(plain(name), (None, frozenset[str]()))
    return None if entry is None or reached_by & allowed else _refusal(entry)


def _refusal(entry: Entry) -> str:
    return _("{why}; use {instead}").format(why=_(entry.why), instead=_(entry.instead))
