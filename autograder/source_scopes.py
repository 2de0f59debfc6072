"""Which variable each name of a source means, by Python's own scopes: a parameter called torch is no module."""

import ast
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

Function = ast.FunctionDef | ast.AsyncFunctionDef
Comprehension = ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp


@dataclass(eq=False, slots=True)
class Scope:
    """A module, class, function, lambda or comprehension, with the names that it binds or declares to be another's."""

    node: ast.AST
    parent: "Scope | None" = None
    bound: set[str] = field(default_factory=set)
    declared: dict[str, type[ast.AST]] = field(default_factory=dict)  # `global` or `nonlocal`


@dataclass(frozen=True, slots=True)
class Variable:
    """A name in the scope that binds it; what nothing binds, such as ``print``, counts as the module's."""

    scope: Scope
    name: str


class Scopes:
    """The scopes of one syntax tree, and what binds each variable."""

    def __init__(self, tree: ast.Module) -> None:
        self._module = Scope(tree)
        self._of: dict[ast.AST, Scope] = {}
        waiting: list[tuple[ast.AST, Scope]] = [(tree, self._module)]
        while waiting:  # no recursion: a source may be nested as deeply as the parser bears
            node, scope = waiting.pop()
            self._of[node] = scope
            scope.bound.update(bound_by(node))
            if isinstance(node, ast.Global | ast.Nonlocal):
                scope.declared |= dict.fromkeys(node.names, type(node))
            waiting += _children(node, scope)
        self.bindings: Mapping[Variable, list[ast.AST]] = self._bindings()

    def _bindings(self) -> dict[Variable, list[ast.AST]]:
        found: dict[Variable, list[ast.AST]] = {}
        for node in self._of:
            for name in bound_by(node):
                found.setdefault(self.bound(node, name), []).append(node)
        return found

    def bound(self, node: ast.AST, name: str) -> Variable:
        """The variable that ``node`` binds under this name."""
        return self._resolve(self._of[node], name)

    def in_class(self, node: ast.AST) -> bool:
        """Whether a node stands directly in the body of a class."""
        return isinstance(self._of[node].node, ast.ClassDef)

    def function_of(self, node: ast.AST) -> ast.AST:
        """The function around a node, or the module."""
        scope = self._of[node]
        while isinstance(scope.node, Comprehension) and scope.parent is not None:
            scope = scope.parent
        return scope.node

    def read(self, node: ast.Name) -> list[Variable]:
        """What a name may mean: in a class its own and, until that is bound, the one outside."""
        own = self._resolve(self._of[node], node.id)
        if isinstance(own.scope.node, ast.ClassDef) and own.scope.parent is not None:
            return [own, self._resolve(own.scope.parent, node.id, inside=True)]
        return [own]

    def _resolve(self, scope: Scope, name: str, *, inside: bool = False) -> Variable:
        """``inside``: what is nested in a class does not see its names."""
        at: Scope | None = scope
        while at is not None and at.declared.get(name) is not ast.Global:
            hidden = name in at.declared or (inside and isinstance(at.node, ast.ClassDef))
            if name in at.bound and not hidden:
                return Variable(at, name)
            at, inside = at.parent, True
        return Variable(self._module, name)


# All other nodes, nine of ten, bind no name and open no scope; asked by their type, that takes a third of the time.
_BINDING = frozenset(
    {ast.Name, ast.arg, ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Import, ast.ImportFrom}
    | {ast.ExceptHandler, ast.MatchAs, ast.MatchStar, ast.MatchMapping}
)
_SCOPING = frozenset(
    {ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda, ast.ListComp, ast.SetComp, ast.DictComp}
    | {ast.GeneratorExp, ast.arguments, ast.arg, ast.comprehension, ast.NamedExpr}
)


def bound_by(node: ast.AST) -> Iterable[str]:
    """The names that a node itself binds."""
    if type(node) not in _BINDING:
        return ()
    match node:
        case ast.Name(id=name, ctx=ast.Store() | ast.Del()) | ast.arg(arg=name):
            return (name,)
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
            return (name,)
        case ast.Import(names=names) | ast.ImportFrom(names=names):
            return [alias.asname or alias.name.partition(".")[0] for alias in names]
        case ast.ExceptHandler(name=str(name)) | ast.MatchAs(name=str(name)) | ast.MatchStar(name=str(name)):
            return (name,)
        case ast.MatchMapping(rest=str(name)):
            return (name,)
    return ()


def _children(node: ast.AST, scope: Scope) -> Iterator[tuple[ast.AST, Scope]]:
    """The parts of a node, each with the scope that it stands in."""
    if type(node) not in _SCOPING:
        yield from ((child, scope) for child in ast.iter_child_nodes(node))
        return
    inner, outer, outside = scope, scope, set[ast.AST]()
    match node:
        case ast.FunctionDef() | ast.AsyncFunctionDef():
            inner, outside = Scope(node, scope), {*node.decorator_list, *filter(None, [node.returns])}
        case ast.ClassDef():
            inner, outside = Scope(node, scope), {*node.decorator_list, *node.bases, *node.keywords}
        case ast.Lambda() | ast.ListComp() | ast.SetComp() | ast.DictComp() | ast.GeneratorExp():
            inner = Scope(node, scope)
        case ast.arguments():
            outer, outside = scope.parent or scope, {*node.defaults, *filter(None, node.kw_defaults)}
        case ast.arg():
            outer, outside = scope.parent or scope, set(filter(None, [node.annotation]))
        case ast.comprehension() if node is getattr(scope.node, "generators", [None])[0]:
            outer, outside = scope.parent or scope, {node.iter}  # the first is evaluated before there is a scope
        case ast.NamedExpr():
            outer, outside = _around(scope), {node.target}
    for child in ast.iter_child_nodes(node):
        yield child, outer if child in outside else inner


def _around(scope: Scope) -> Scope:
    """Where a walrus in a comprehension binds."""
    while isinstance(scope.node, Comprehension) and scope.parent is not None:
        scope = scope.parent
    return scope
