"""Where a source's values may go: which expressions may be a tensor, or a class or function of torch's.

An attribute that the file itself defines is the learner's own, but not on these: with ``class Helper: sigmoid = None``
in a file, ``(x + 0).sigmoid()`` is still torch's. The reading errs towards torch: it follows names, attributes (by name
alone), containers, arguments and results, in no order, until nothing is new.
"""

import ast
import contextlib
from collections.abc import Hashable, Iterable, Sequence
from enum import IntFlag

from autograder.source_definitions import OPERATORS, Callable, Definitions, defaults, parameters
from autograder.source_names import Paths, words
from autograder.source_scopes import Function, Scopes, bound_by

_HOLDERS = frozenset({"torch.nn.ModuleList", "torch.nn.ModuleDict", "torch.nn.Sequential"})  # of the learner's objects
_KEEPERS = frozenset({"add", "append", "appendleft", "extend", "insert", "register_buffer", "setdefault", "update"})
_ASKS = frozenset({"isinstance", "issubclass"})
_RAISED, _HANDED = object(), object()  # what exceptions carry; what of torch's goes to functions that are not known
_OPERANDS = object()  # what the operators that the file defines are applied to
_ROUNDS, _STEPS = 20, 500_000  # of following; a file that needs more is no answer, and nothing in it counts as its own


class Origin(IntFlag):
    """What a value may be."""

    OWN = 0
    TENSOR = 1  # a tensor, or whatever torch has returned
    TORCH = 2  # a class or function of torch's own, which all share
    OBJECT = 4  # an object of a class of the file, whose operators may be given the other operand


_FOREIGN = Origin.TENSOR | Origin.TORCH


class _TooMuch(Exception):  # no error: the file is only not followed any further
    """There is more to follow than an answer holds."""


class Flow:
    """The origins of the expressions of one file."""

    def __init__(self, nodes: Sequence[ast.AST], scopes: Scopes, paths: Paths, symbol: str) -> None:
        self._scopes, self._paths = scopes, paths
        # By variable, by an attribute's name, and what a function returns; nothing is ever taken back.
        self._known: dict[Hashable, Origin] = {"saved_tensors": Origin.TENSOR}
        self._file = Definitions(nodes, scopes, paths)
        self._unseen = list(self._file.called_unseen(nodes, symbol))
        self._seen: dict[ast.AST, Origin] = {}
        self._settled, self._steps = False, 0
        with contextlib.suppress(_TooMuch):
            for _ in range(_ROUNDS):
                self._settled, self._seen = True, {}
                self._follow_all(nodes)
                if self._settled:
                    break

    def of(self, node: ast.AST) -> Origin:
        """What of torch's an expression, or the subject of a class pattern, may be."""
        if isinstance(node, ast.MatchClass) and not self._file.makes_own(node.cls):
            return _FOREIGN
        if not self._settled:
            return _FOREIGN
        with contextlib.suppress(_TooMuch):
            return self._of(self._file.subjects[node] if isinstance(node, ast.MatchClass) else node) & _FOREIGN
        return _FOREIGN

    # What is known of an expression so far

    def _of(self, node: ast.AST | None) -> Origin:
        if node is None or isinstance(node, ast.Constant | ast.JoinedStr | ast.Lambda):
            return Origin.OWN
        if node not in self._seen:
            self._seen[node] = self._find(node)
        return self._seen[node]

    def _find(self, node: ast.AST) -> Origin:
        match node:
            case ast.Name():
                made = Origin.OBJECT if self._file.makes_own(node) else Origin.OWN
                return made | self._imported(node) | self._union(*self._scopes.read(node))
            case ast.Attribute(value=value, attr=attr):
                methods = (self._file.methods.get(name, ()) for name in (attr, "__getattr__"))
                own = self._union(attr, *(method for found in methods for method in found))
                return self._imported(node) or (self._of(value) & _FOREIGN) | own
            case ast.Call():
                return self._call_of(node)
            case ast.Subscript(value=value):
                return self._used(self._of(value))
            case ast.IfExp(body=body, orelse=orelse):
                return self._of(body) | self._of(orelse)
            case ast.NamedExpr(value=value):
                return self._of(value)
        found = Origin.OWN
        for child in ast.iter_child_nodes(node):
            found |= self._of(child)
        return self._used(found) if isinstance(node, ast.BinOp | ast.UnaryOp | ast.Compare) else found

    def _union(self, *keys: Hashable) -> Origin:
        self._count(len(keys))
        found = Origin.OWN
        for key in keys:
            found |= self._known.get(key, Origin.OWN)
        return found

    def _imported(self, node: ast.AST) -> Origin:
        return Origin.TORCH if (self._paths.of(node) or "").partition(".")[0] == "torch" else Origin.OWN

    def _used(self, origin: Origin) -> Origin:
        """What an operator, an index, a loop or a call may make of it, where the file defines such methods."""
        if not origin & Origin.OBJECT:
            return origin
        dunders = (found for name, found in self._file.methods.items() if name.startswith("__"))
        return origin | self._union(*(method for found in dunders for method in found))

    def _call_of(self, node: ast.Call) -> Origin:
        given, path = self._given(node), self._paths.of(node.func)
        if path is not None:
            of_torch = path.partition(".")[0] == "torch" and path not in _HOLDERS
            return Origin.TENSOR if of_torch else given
        if self._file.makes_own(node.func):
            return Origin.OBJECT
        functions = self._file.named(node.func)
        match node.func:
            case ast.Name(id="type"):
                return Origin.TORCH if given & _FOREIGN else Origin.OWN
            case ast.Name() | ast.Lambda() if functions:
                decorated = any(getattr(part, "decorator_list", ()) for part in functions)
                return self._union(*functions) | (given if decorated else Origin.OWN)
            case ast.Attribute(attr=attr) if attr in self._file.methods:
                return self._of(node.func)
        return given | self._used(self._of(node.func))

    def _given(self, node: ast.Call) -> Origin:
        """What a call's arguments may be, or may return where they are called."""
        values = [*node.args, *(keyword.value for keyword in node.keywords)]
        found = self._union(*(function for value in values for function in self._file.named(value)))
        for value in values:
            found |= self._of(value)
        return found

    # What each node passes on

    def _count(self, steps: int) -> None:
        self._steps += steps
        if self._steps > _STEPS:
            self._settled = False
            raise _TooMuch

    def _add(self, key: Hashable, origin: Origin) -> None:
        self._count(1)
        before = self._known.get(key, Origin.OWN)
        if before | origin != before:
            self._known[key] = before | origin
            self._settled = False

    def _give(self, binder: ast.AST, name: str, origin: Origin) -> None:
        self._add(self._scopes.bound(binder, name), origin)

    def _follow_all(self, nodes: Iterable[ast.AST]) -> None:
        for parameter in self._unseen:
            self._give(parameter, parameter.arg, Origin.TENSOR | self._union(_HANDED))
        for name, method in ((name, method) for name, found in self._file.methods.items() for method in found):
            for parameter in parameters(method)[:1]:
                self._give(parameter, parameter.arg, Origin.OBJECT)
            for parameter in parameters(method)[1:] if name in OPERATORS else ():
                self._give(parameter, parameter.arg, self._union(_OPERANDS))
        for node in nodes:
            self._follow(node)
            self._follow_capture(node)
            self._follow_function(node)

    def _follow(self, node: ast.AST) -> None:
        match node:
            case ast.Assign(targets=targets, value=value):
                for target in targets:
                    self._put(target, self._of(value))
            case ast.AugAssign(target=target, value=value):
                self._put(target, self._of(value))
                self._apply(target, value)
            case ast.AnnAssign(target=target, value=value) | ast.NamedExpr(target=target, value=value):
                self._put(target, self._of(value))
            case (
                ast.For(target=target, iter=value)
                | ast.AsyncFor(target=target, iter=value)
                | ast.comprehension(target=target, iter=value)
                | ast.withitem(optional_vars=ast.expr() as target, context_expr=value)
            ):
                self._put(target, self._used(self._of(value)))
            case ast.Call():
                self._follow_call(node)
            case ast.BinOp() | ast.Compare():
                self._apply(*ast.iter_child_nodes(node))

    def _follow_capture(self, node: ast.AST) -> None:
        match node:
            case ast.Raise(exc=ast.Call() as made):
                self._add(_RAISED, self._given(made))
            case ast.ExceptHandler(name=str(name)):
                self._give(node, name, self._union(_RAISED))
            case ast.MatchAs() | ast.MatchStar() | ast.MatchMapping():
                for name in bound_by(node):
                    self._give(node, name, self._used(self._of(self._file.subjects[node])))

    def _apply(self, *operands: ast.AST) -> None:
        found = Origin.OWN
        for operand in operands:
            found |= self._of(operand)
        if found & Origin.OBJECT:
            self._add(_OPERANDS, found)

    def _put(self, target: ast.AST, origin: Origin) -> None:
        match target:
            case ast.Name(id=name):
                self._give(target, name, origin)
                if self._scopes.in_class(target):
                    self._add(name, origin)
            case ast.Attribute(attr=attr):
                self._add(attr, origin)
            case ast.Subscript(value=value) | ast.Starred(value=value):
                self._put(value, origin)
            case ast.Tuple(elts=parts) | ast.List(elts=parts):
                for part in parts:
                    self._put(part, origin)

    def _follow_function(self, node: ast.AST) -> None:
        match node:
            case ast.Return(value=value) | ast.Yield(value=value) | ast.YieldFrom(value=value):
                self._add(self._scopes.function_of(node), self._of(value))
            case ast.Lambda(body=body):
                self._add(node, self._of(body))
        if isinstance(node, Callable):
            for parameter, default in defaults(node):
                self._give(parameter, parameter.arg, self._of(default))
        if isinstance(node, Function):
            for decorator in node.decorator_list:  # functools.wraps(torch.Tensor) makes the function look like it
                if isinstance(decorator, ast.Call):
                    self._give(node, node.name, self._given(decorator))

    def _follow_call(self, node: ast.Call) -> None:
        match node.func:
            case ast.Attribute(attr=attr) if attr in self._file.methods:
                for method in self._file.methods[attr]:
                    self._pass(node, method, self._skipped(node.func.value, method))
            case ast.Attribute(attr="register_buffer"):
                for name in (word for part in node.args[:1] for word in words(part)):
                    self._add(name, self._given(node))
            case ast.Attribute(value=value, attr=attr) if attr in _KEEPERS:
                self._put(value, self._given(node))
            case called:
                if isinstance(called, ast.Name) and self._file.makes_own(called):
                    self._construct(node, called)
                for function in self._file.named(called):
                    self._pass(node, function, 0)
                if self._paths.of(called) is None and getattr(called, "id", None) not in _ASKS:
                    self._add(_HANDED, self._given(node) & Origin.TORCH)

    def _construct(self, node: ast.Call, called: ast.Name) -> None:
        for method in self._file.methods.get("__init__", ()):
            self._pass(node, method, 1)
        for field in (field for name in self._scopes.read(called) for field in self._file.fields[name]):
            self._add(field, self._given(node))

    def _skipped(self, owner: ast.expr, method: Callable) -> int:
        """The parameters that a call does not fill itself: self, but where the method is taken from the class."""
        marks = {mark.id for mark in getattr(method, "decorator_list", ()) if isinstance(mark, ast.Name)}
        if marks & {"staticmethod", "classmethod"}:
            return int("classmethod" in marks)
        asked = isinstance(owner, ast.Call) and isinstance(owner.func, ast.Name) and owner.func.id == "type"
        return 0 if asked or self._file.makes_own(owner) else 1

    def _pass(self, node: ast.Call, function: Callable, skipped: int) -> None:
        given, everything = function.args, parameters(function)[skipped:]
        positional = [*given.posonlyargs, *given.args][skipped:]
        pairs: list[tuple[ast.arg, ast.expr]] = []
        starred = False
        for number, value in enumerate(node.args):
            starred |= isinstance(value, ast.Starred)
            if starred:
                pairs += [(parameter, value) for parameter in everything]
            elif number < len(positional):
                pairs.append((positional[number], value))
            elif given.vararg:
                pairs.append((given.vararg, value))
        for keyword in node.keywords:
            named = [parameter for parameter in everything if parameter.arg == keyword.arg]
            rest = [given.kwarg] if keyword.arg and given.kwarg else everything if not keyword.arg else []
            pairs += [(parameter, keyword.value) for parameter in named or rest]
        for parameter, value in pairs:
            self._give(parameter, parameter.arg, self._of(value))
