"""Which names of a source are its own and which lead into a module, for ``rules`` to judge."""

import ast
import symtable
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

Function = ast.FunctionDef | ast.AsyncFunctionDef
Nodes = Sequence[ast.AST]


@dataclass(frozen=True, slots=True)
class SourceNames:
    """What a file says about names, whatever the order it says it in.

    - ``aliases``: the dotted path behind a local name: ``F`` is ``torch.nn.functional``.
    - ``rebound``: aliases that are bound otherwise too: ``import math as m`` and ``m = x.amax()``.
    - ``attributes``: those that the file defines: methods, class attributes, ``self.x = …``, named fields.
    - ``stored``: attributes that it assigns on any object.
    - ``tensors``: parameters of the function or class that the exercise asks for.
    - ``loose``: expressions that hand a whole module around, as in ``f(torch)``.
    - ``builtins``: those of Python's own names that mean Python's own.
    - ``type_questions``: uses of ``type`` that only ask for a class: ``type(x)``.
    """

    aliases: Mapping[str, str]
    rebound: Collection[str]
    attributes: Collection[str]
    stored: Collection[str]
    tensors: Collection[str]
    loose: Collection[ast.AST]
    builtins: Collection[str]
    type_questions: Collection[ast.AST]


def read_names(
    tree: ast.Module, nodes: Nodes, symbol: str, modules: Collection[str], watched: Collection[str]
) -> SourceNames:
    """Collect the names of a tree with these ``nodes``; ``watched`` are built-in names to tell apart."""
    aliases, sources = _aliases(nodes)
    return SourceNames(
        aliases=aliases,
        rebound=_bound(nodes, sources) & aliases.keys(),
        attributes=set(_attributes(nodes)),
        stored={node.attr for node in nodes if _is_store(node) and isinstance(node, ast.Attribute)},
        tensors=set(_parameters(nodes, symbol)),
        loose=_loose(nodes, aliases, sources, modules),
        builtins=_builtins(tree, nodes, watched),
        type_questions=set(_type_questions(nodes)),
    )


def path_of(node: ast.AST, aliases: Mapping[str, str]) -> str | None:
    """The dotted path that an expression spells, ``torch.nn.Module``; None where it starts at no import."""
    match node:
        case ast.Name(id=name):
            return aliases.get(name)
        case ast.Attribute(value=value, attr=attr):
            base = path_of(value, aliases)
            return base and f"{base}.{attr}"
    return None


def _is_store(node: ast.AST) -> bool:
    return isinstance(getattr(node, "ctx", None), ast.Store)


def _aliases(nodes: Nodes) -> tuple[dict[str, str], dict[ast.AST, ast.AST]]:
    """Names by path, and the assignments ``name = path`` among their sources: target by value."""
    aliases: dict[str, str] = {}
    for node in nodes:
        match node:
            case ast.Import(names=names):
                for alias in names:
                    root = alias.name.partition(".")[0]
                    aliases[alias.asname or root] = alias.name if alias.asname else root
            case ast.ImportFrom(module=str(module), names=names, level=0):
                aliases.update({alias.asname or alias.name: f"{module}.{alias.name}" for alias in names})
    sources: dict[ast.AST, ast.AST] = {}
    known = -1
    while known != len(sources):  # `a = torch` may stand below `b = a.nn` in another function
        known = len(sources)
        for target, value in _assignments(nodes):
            path = path_of(value, aliases)
            if path is not None and value not in sources:
                aliases.setdefault(target.id, path)
                sources[value] = target
    return aliases, sources


def _assignments(nodes: Nodes) -> Iterator[tuple[ast.Name, ast.expr]]:
    for node in nodes:
        match node:
            case (
                ast.Assign(targets=[ast.Name() as target], value=value)
                | ast.AnnAssign(target=ast.Name() as target, value=ast.expr() as value)
                | ast.NamedExpr(target=target, value=value)
            ):
                yield target, value


def _bound(nodes: Nodes, sources: Mapping[ast.AST, ast.AST]) -> set[str]:
    """Names that are bound by anything but an import or ``name = path``."""
    skipped = set(sources.values())
    names = {node.id for node in nodes if isinstance(node, ast.Name) and _is_store(node) and node not in skipped}
    names |= {node.arg for node in nodes if isinstance(node, ast.arg)}
    return names | {node.name for node in nodes if isinstance(node, ast.ExceptHandler | ast.MatchAs) and node.name}


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
                    yield from _words(rest[0])
                elif called in {"register_buffer", "register_parameter", "add_module", "register_module"}:
                    yield from _words(first)


def _words(node: ast.expr) -> Iterator[str]:
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


def _parameters(nodes: Nodes, symbol: str) -> Iterator[str]:
    for node in nodes:
        match node:
            case ast.ClassDef(name=name, body=body) if name == symbol:
                for method in body:
                    yield from (parameter.arg for parameter in _arguments(method)[1:])
            case ast.FunctionDef(name=name) if name == symbol:
                yield from (parameter.arg for parameter in _arguments(node))


def _loose(
    nodes: Nodes, aliases: Mapping[str, str], sources: Iterable[ast.AST], modules: Collection[str]
) -> set[ast.AST]:
    """Uses of a module other than to take a name out of it or to give it another name."""
    plain_uses = {node.value for node in nodes if isinstance(node, ast.Attribute)} | set(sources)
    read = (node for node in nodes if isinstance(getattr(node, "ctx", None), ast.Load))
    return {node for node in read if node not in plain_uses and path_of(node, aliases) in modules}


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
