"""The functions, classes and fields that a source defines, for ``source_flow`` to follow values through."""

import ast
from collections.abc import Iterable, Iterator, Sequence

from autograder.source_names import Paths, words
from autograder.source_scopes import Function, Scopes, Variable

Callable = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda

_RECORDS = frozenset({"collections.namedtuple", "typing.NamedTuple", "enum.Enum", "enum.IntEnum"})
_CALLED_BY_TORCH = frozenset({"backward", "forward", "jvp", "setup_context", "vjp"})
_OPERATIONS = ("add", "sub", "mul", "truediv", "floordiv", "mod", "pow", "matmul", "and", "or", "xor")
_COMPARISONS = ("eq", "ne", "lt", "le", "gt", "ge")
OPERATORS = frozenset(
    [f"__{kind}{name}__" for name in _OPERATIONS for kind in ("", "r", "i")] + [f"__{name}__" for name in _COMPARISONS]
)


class Definitions:
    """What one file defines.

    - ``functions``: by variable; ``methods``: by name, whatever the class.
    - ``classes``: those whose name means nothing else and whose call makes an object of it; ``fields``: what it fills.
    - ``subjects``: what a pattern of ``match`` is held against.
    """

    def __init__(self, nodes: Sequence[ast.AST], scopes: Scopes, paths: Paths) -> None:
        self._scopes, self._paths = scopes, paths
        self.functions: dict[Variable, list[Callable]] = {}
        self.methods: dict[str, list[Callable]] = {}
        self.classes: dict[Variable, list[ast.AST]] = {}
        self.fields: dict[Variable, set[str]] = {}
        self.subjects: dict[ast.AST, ast.expr] = {}
        for node in nodes:
            self._define(node)
        self.classes = {name: made for name, made in self.classes.items() if set(made) == set(scopes.bindings[name])}

    def _define(self, node: ast.AST) -> None:
        match node:
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
                self._function(node, name, node)
            case ast.Assign(targets=[ast.Name(id=name) as target], value=ast.Lambda() as value):
                self._function(target, name, value)
            case ast.ClassDef(name=name, body=body):
                if not self._makes_other(node):
                    self._class(node, name, {word for part in body for word in _field(part)})
            case ast.Assign(targets=[ast.Name(id=name) as target], value=ast.Call(func=called, args=args)):
                if self._paths.of(called) in _RECORDS:
                    self._class(target, name, {word for part in args[1:2] for word in words(part)})
            case ast.Match(subject=subject, cases=cases):
                self.subjects |= {part: subject for case in cases for part in ast.walk(case.pattern)}

    def _makes_other(self, node: ast.ClassDef) -> bool:
        """Whether a call of the class may make anything, by its __new__ or a decorator of the file's."""
        if any(isinstance(part, Function) and part.name == "__new__" for part in node.body):
            return True
        marks = (mark.func if isinstance(mark, ast.Call) else mark for mark in node.decorator_list)
        return not all(map(self._paths.of, marks))

    def _function(self, binder: ast.AST, name: str, function: Callable) -> None:
        self.functions.setdefault(self._scopes.bound(binder, name), []).append(function)
        if self._scopes.in_class(binder):
            self.methods.setdefault(name, []).append(function)

    def _class(self, binder: ast.AST, name: str, fields: set[str]) -> None:
        variable = self._scopes.bound(binder, name)
        self.classes.setdefault(variable, []).append(binder)
        self.fields.setdefault(variable, set()).update(fields)

    def makes_own(self, node: ast.AST) -> bool:
        """Whether an expression is a class of the file, and nothing else."""
        return isinstance(node, ast.Name) and all(name in self.classes for name in self._scopes.read(node))

    def named(self, node: ast.AST) -> list[Callable]:
        """The functions that an expression names, or is."""
        if isinstance(node, ast.Lambda):
            return [node]
        if not isinstance(node, ast.Name):
            return []
        return [function for name in self._scopes.read(node) for function in self.functions.get(name, ())]

    def called_unseen(self, nodes: Sequence[ast.AST], symbol: str) -> Iterator[ast.arg]:
        """The parameters of functions that something else calls, perhaps with a tensor."""
        called = {node.func for node in nodes if isinstance(node, ast.Call)}
        for node in nodes:
            match node:
                case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
                    in_class = self._scopes.in_class(node)
                    if in_class and (name in _CALLED_BY_TORCH or _is_implicit(name)):
                        yield from parameters(node)[1:]
                    elif name == symbol and not in_class:
                        yield from parameters(node)
                case ast.ClassDef(name=name, body=body) if name == symbol:
                    yield from (each for part in body if isinstance(part, Function) for each in parameters(part)[1:])
                case ast.Name(ctx=ast.Load()) | ast.Lambda() if node not in called:
                    yield from (each for function in self.named(node) for each in parameters(function))
                case ast.Attribute(attr=attr, ctx=ast.Load()) if node not in called:
                    yield from (each for method in self.methods.get(attr, ()) for each in parameters(method)[1:])


def _is_implicit(name: str) -> bool:
    """Whether Python calls a method of this name with whatever it is given, as ``[]`` does with ``__getitem__``."""
    return name.startswith("__") and name != "__init__" and name not in OPERATORS


def _field(statement: ast.stmt) -> Iterable[str]:
    """The field that a statement in the body of a dataclass or named tuple makes."""
    match statement:
        case ast.AnnAssign(target=ast.Name(id=name)):
            return (name,)
    return ()


def parameters(function: Callable) -> list[ast.arg]:
    """All parameters of a function, positional ones first."""
    given = function.args
    return [*given.posonlyargs, *given.args, *given.kwonlyargs, *filter(None, [given.vararg, given.kwarg])]


def defaults(function: Callable) -> Iterator[tuple[ast.arg, ast.expr | None]]:
    """The parameters that have a default, each with it."""
    given = function.args
    yield from zip(reversed([*given.posonlyargs, *given.args]), reversed(given.defaults), strict=False)
    yield from zip(given.kwonlyargs, given.kw_defaults, strict=True)
