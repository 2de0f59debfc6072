"""Which names of a source are its own and which lead into a module, for ``rules`` to judge."""

import ast
import symtable
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from autograder.source_scopes import Function, Scopes, Variable

Nodes = Sequence[ast.AST]


@dataclass(frozen=True, slots=True)
class SourceNames:
    """What a file says about names, whatever the order it says it in.

    - ``paths``: the dotted path behind an expression: ``F`` is ``torch.nn.functional``.
    - ``attributes``: those that the file defines: methods, class attributes, ``self.x = …``, named fields.
    - ``stored``: the objects on which it assigns an attribute, by the attribute's name.
    - ``loose``: expressions that hand a whole module around, as in ``f(torch)``.
    - ``builtins``: those of Python's own names that mean Python's own.
    - ``type_questions``: uses of ``type`` that only ask for a class: ``type(x)``.
    """

    paths: "Paths"
    attributes: Collection[str]
    stored: Mapping[str, Sequence[ast.expr]]
    loose: Collection[ast.AST]
    builtins: Collection[str]
    type_questions: Collection[ast.AST]


def read_names(
    tree: ast.Module, nodes: Nodes, scopes: Scopes, modules: Collection[str], watched: Collection[str]
) -> SourceNames:
    """Collect the names of a tree with these ``nodes``; ``watched`` are built-in names to tell apart."""
    paths = Paths(nodes, scopes)
    stored: dict[str, list[ast.expr]] = {}
    for node in nodes:
        if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
            stored.setdefault(node.attr, []).append(node.value)
    return SourceNames(
        paths=paths,
        attributes=set(_attributes(nodes)),
        stored=stored,
        loose=_loose(nodes, paths, modules),
        builtins=_builtins(tree, nodes, watched),
        type_questions=set(_type_questions(nodes)),
    )


class Paths:
    """The dotted paths that expressions of one file spell, by its imports and by ``name = path``."""

    def __init__(self, nodes: Nodes, scopes: Scopes) -> None:
        self._scopes = scopes
        self._aliases: dict[Variable, str] = {}
        self._rebound: set[Variable] = set()
        self.sources: set[ast.AST] = set()  # the right sides of `name = path`, where that is all that is done with it
        binders = {node: list(_imported(node)) for node in nodes if isinstance(node, ast.Import | ast.ImportFrom)}
        for node, names in binders.items():
            for name, path in names:
                self._add(scopes.bound(node, name), path)
        known: set[ast.AST] = set(binders)
        assigned = list(_assignments(nodes, scopes))
        while True:  # `a = torch` may stand below `b = a.nn` in another function
            found = [(target, value) for target, value in assigned if target not in known and self.of(value)]
            for target, value in found:
                self._add(scopes.bound(target, target.id), self.of(value) or "")
                known.add(target)
                self.sources.add(value)
            if not found:
                break
        self._rebound |= {name for name in self._aliases if not known.issuperset(scopes.bindings[name])}

    def _add(self, name: Variable, path: str) -> None:
        if self._aliases.setdefault(name, path) != path:
            self._rebound.add(name)

    def of(self, node: ast.AST) -> str | None:
        """``torch.nn.Module``; None where an expression starts at no import."""
        match node:
            case ast.Name():
                return next((self._aliases[name] for name in self._scopes.read(node) if name in self._aliases), None)
            case ast.Attribute(value=value, attr=attr):
                base = self.of(value)
                return base and f"{base}.{attr}"
            case ast.NamedExpr(value=value):
                return self.of(value)
        return None

    def certain(self, node: ast.AST) -> bool:
        """Whether a path is all that an expression may be: its first name is not bound otherwise too."""
        while isinstance(node, ast.Attribute | ast.NamedExpr):
            node = node.value
        if not isinstance(node, ast.Name):
            return False
        return all(name in self._aliases and name not in self._rebound for name in self._scopes.read(node))


def _imported(node: ast.Import | ast.ImportFrom) -> Iterator[tuple[str, str]]:
    """The names that an import binds, and their paths."""
    match node:
        case ast.Import(names=names):
            for alias in names:
                root = alias.name.partition(".")[0]
                yield alias.asname or root, alias.name if alias.asname else root
        case ast.ImportFrom(module=str(module), names=names, level=0):
            for alias in names:
                yield alias.asname or alias.name, f"{module}.{alias.name}"


def _assignments(nodes: Nodes, scopes: Scopes) -> Iterator[tuple[ast.Name, ast.expr]]:
    """``name = value``, but as an attribute of a class, which other objects hand out, or as a value itself."""
    taken_from = {node.value for node in nodes if isinstance(node, ast.Attribute)}
    for node in nodes:
        match node:
            case (
                ast.Assign(targets=[ast.Name() as target], value=value)
                | ast.AnnAssign(target=ast.Name() as target, value=ast.expr() as value)
            ) if not scopes.in_class(target):
                yield target, value
            case ast.NamedExpr(target=target, value=value) if node in taken_from:
                yield target, value


def _attributes(nodes: Nodes) -> Iterator[str]:
    """Attributes that the file defines itself, so that ``helper.softmax(x)`` is the learner's own."""
    classes = [node for node in nodes if isinstance(node, ast.ClassDef)]
    owners = {node.name for node in nodes if isinstance(node, ast.ClassDef | Function)}
    for statement in (statement for node in classes for statement in node.body):
        match statement:
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                yield name
                owners.update(parameter.arg for parameter in _arguments(statement)[:1])  # self, cls or ctx
            case ast.Assign(targets=targets):
                yield from (part.id for target in targets for part in ast.walk(target) if isinstance(part, ast.Name))
            case ast.AnnAssign(target=ast.Name(id=name)):
                yield name
    for node in nodes:
        match node:
            case ast.Attribute(value=ast.Name(id=base), attr=attr, ctx=ast.Store()) if base in owners:
                yield attr
            case ast.Call(func=ast.Name(id=called) | ast.Attribute(attr=called), args=[first, *rest]):
                if called in {"namedtuple", "NamedTuple", "Enum", "make_dataclass"} and rest:
                    yield from words(rest[0])
                elif called in {"register_buffer", "register_parameter", "add_module", "register_module"}:
                    yield from words(first)


def words(node: ast.expr) -> Iterator[str]:
    """The words in an expression's strings: ``"x y"``, ``["x", "y"]``, ``[("x", int), ("y", int)]``."""
    for part in ast.walk(node):
        if isinstance(part, ast.Constant) and isinstance(part.value, str):
            yield from part.value.replace(",", " ").split()


def _arguments(node: ast.AST) -> list[ast.arg]:
    """The parameters of a function, positional ones first; none of anything else."""
    if not isinstance(node, Function):
        return []
    stars = [star for star in (node.args.vararg, node.args.kwarg) if star is not None]
    return [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs, *stars]


def _loose(nodes: Nodes, paths: Paths, modules: Collection[str]) -> set[ast.AST]:
    """Uses of a module other than to take a name out of it or to give it another name."""
    plain_uses = {node.value for node in nodes if isinstance(node, ast.Attribute)} | paths.sources
    read = (node for node in nodes if isinstance(getattr(node, "ctx", None), ast.Load))
    return {node for node in read if node not in plain_uses and paths.of(node) in modules}


def _builtins(tree: ast.Module, nodes: Nodes, watched: Collection[str]) -> set[str]:
    """Watched names that mean Python's own somewhere; a parameter called ``input`` or ``vars`` does not.

    In a module or class a name counts as Python's own even where it is assigned, since until then it is.
    """
    seen = {node.id for node in nodes if isinstance(node, ast.Name)}.intersection(watched)
    found: set[str] = set()
    # symtable reads text only; most files name none of these and are spared the second parse.
    tables = [symtable.symtable(ast.unparse(tree), "<submission>", "exec")] if seen else []
    while tables:
        table = tables.pop()
        tables += table.get_children()
        for name in seen.intersection(table.get_identifiers()):
            name_here = table.lookup(name)
            in_function = table.get_type() == "function"
            if name_here.is_referenced() and (name_here.is_global() or not in_function):
                found.add(name)
    return found


def _type_questions(nodes: Nodes) -> Iterator[ast.AST]:
    for node in nodes:
        match node:
            case ast.Call(func=ast.Name(id="type") as use, args=[argument], keywords=[]):
                if not isinstance(argument, ast.Starred):
                    yield use
            case (
                ast.Subscript(value=ast.Name(id="type") as use)  # an annotation: type[Tensor]
                | ast.arg(annotation=ast.Name(id="type") as use)
            ):
                yield use
            case ast.Call(func=ast.Name(id="isinstance" | "issubclass"), args=[_, ast.Name(id="type") as use]):
                yield use
