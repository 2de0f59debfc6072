"""First-order mutants: the solution with one small edit, by the operators of mutation testing and those of tensor code.

Each replaces the text of one node of the syntax tree where it stands, so that a diff shows the edit and nothing else.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import NamedTuple

from autograder.audit.mutant import FIRST_ORDER, Mutant, unique
from autograder.audit.original import BEGIN, END, Edit, Solution

Node = ast.expr | ast.stmt
_NAMES = 3  # of each place where a variable is read


class Change(NamedTuple):
    """A node and the text that takes its place."""

    node: Node
    text: str


_ARITHMETIC: Mapping[type[ast.operator], Sequence[str]] = {
    ast.Add: ("-", "*"),
    ast.Sub: ("+",),
    ast.Mult: ("/", "+"),
    ast.Div: ("*", "//"),
    ast.Pow: ("*", "+"),
}
_COMPARISONS: Mapping[type[ast.cmpop], Sequence[str]] = {
    ast.Lt: ("<=", ">", ">=", "=="),
    ast.LtE: ("<", ">", ">=", "=="),
    ast.Gt: (">=", "<", "<=", "!="),
    ast.GtE: (">", "<", "<=", "!="),
    ast.Eq: ("!=", "<=", ">="),
    ast.NotEq: ("==",),
    ast.Is: ("is not",),
    ast.IsNot: ("is",),
    ast.In: ("not in",),
    ast.NotIn: ("in",),
}
# By name, as a function of torch or a method of a tensor.
_RELATIVES: Mapping[str, Sequence[str]] = {
    "exp": ("expm1", "exp2"),
    "expm1": ("exp", "exp2"),
    "log": ("log1p", "log2"),
    "sum": ("mean", "prod"),
    "mean": ("sum", "median"),
    "amax": ("amin", "sum"),
    "amin": ("amax",),
    "ones_like": ("zeros_like",),
    "zeros_like": ("ones_like",),
    "long": ("int", "double"),
    "movedim": ("swapdims",),
    "unsqueeze": ("squeeze",),
    "abs": ("neg",),
    "maximum": ("minimum",),
    "clamp_min": ("clamp_max",),
}
_IN_PLACE: Mapping[type[ast.operator], str] = {
    ast.Add: "add_",
    ast.Sub: "sub_",
    ast.Mult: "mul_",
    ast.Div: "div_",
    ast.Pow: "pow_",
}
_WRAPPED = {
    "detach": "({}).detach()",
    "dtype": "({}).float()",
    "precision": "({}).bfloat16().to(({}).dtype)",
    "sign": "-({})",
    "absolute value": "({}).abs()",
    "scale": "({}) * 1.01",
}


def first_order(solution: Solution) -> list[Mutant]:
    """Every edit of one operator at one place of the solution."""
    places = _places(solution)
    found = []
    for operator, changes in _OPERATORS.items():
        for node in places:
            for change in changes(node, solution):
                start, end = solution.span(change.node)
                text = solution.edited([Edit(start, end, change.text)])
                if text == solution.text or not _parses(text):
                    continue
                told = f"{_short(solution.source(change.node))} -> {_short(change.text)}"
                found.append(Mutant(solution.exercise.name, FIRST_ORDER, operator, operator, told, text))
    return unique(found)


def _places(solution: Solution) -> list[Node]:
    """Nodes that a learner writes, or whose default a caller relies on: between the markers, where there are any."""
    lines = solution.text.splitlines()
    marks = [number for number, line in enumerate(lines, start=1) if line.strip() in (BEGIN, END)]
    low, high = marks if len(marks) == 2 else (1, len(lines))
    said = _said_by_exceptions(solution.tree)
    inside = [
        node
        for node in ast.walk(solution.tree)
        if isinstance(node, Node) and low <= node.lineno <= high and node not in said
    ]
    return [*solution.called.args.defaults, *inside]


def _said_by_exceptions(tree: ast.AST) -> set[ast.AST]:
    """The nodes of what exceptions say, which nobody is graded on."""
    raised = [node.exc for node in ast.walk(tree) if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call)]
    return {part for call in raised for argument in call.args for part in ast.walk(argument)}


def _arithmetic(node: Node, solution: Solution) -> Iterator[Change]:
    if isinstance(node, ast.BinOp):
        left, right = solution.source(node.left), solution.source(node.right)
        left, right = _closed(node.left, left), _closed(node.right, right)
        for sign in _ARITHMETIC.get(type(node.op), ()):
            yield Change(node, f"({left} {sign} {right})")


def _swapped(node: Node, solution: Solution) -> Iterator[Change]:
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Sub | ast.Div | ast.Pow):
        left, right = _closed(node.left, solution.source(node.left)), _closed(node.right, solution.source(node.right))
        sign = {ast.Sub: "-", ast.Div: "/", ast.Pow: "**"}[type(node.op)]
        yield Change(node, f"({right} {sign} {left})")
    if isinstance(node, ast.Call):
        for first, second in zip(node.args, node.args[1:], strict=False):
            texts = [solution.source(argument) for argument in node.args]
            one, two = node.args.index(first), node.args.index(second)
            texts[one], texts[two] = texts[two], texts[one]
            yield Change(node, _called(node, texts, solution))


def _operand(node: Node, solution: Solution) -> Iterator[Change]:
    if isinstance(node, ast.BinOp):
        yield Change(node, f"({solution.source(node.left)})")
        yield Change(node, f"({solution.source(node.right)})")
    if isinstance(node, ast.UnaryOp):
        yield Change(node, f"({solution.source(node.operand)})")


def _comparison(node: Node, solution: Solution) -> Iterator[Change]:
    if isinstance(node, ast.Compare) and len(node.ops) == 1:
        left, right = solution.source(node.left), solution.source(node.comparators[0])
        for sign in _COMPARISONS.get(type(node.ops[0]), ()):
            yield Change(node, f"{left} {sign} {right}")


def _constant(node: Node, _solution: Solution) -> Iterator[Change]:
    if not isinstance(node, ast.Constant):
        return
    value = node.value
    if isinstance(value, bool):
        yield Change(node, str(not value))
    elif isinstance(value, int):
        for other in (value + 1, value - 1, 0, -value):
            yield Change(node, str(other) if other >= 0 else f"({other})")
    elif isinstance(value, float):
        for number in (value * 1.1, value + 1e-3, value - 0.5, 0.0, 1.0, -value):
            yield Change(node, repr(number) if number >= 0 else f"({number!r})")
        yield Change(node, f"torch.tensor({value!r})")
    elif isinstance(value, str):
        for word in ("mean", "sum", "none", ""):
            yield Change(node, repr(word))


def _dimension(node: Node, solution: Solution) -> Iterator[Change]:
    """Another dimension, where a method is given one by position."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        for place, argument in enumerate(node.args):
            if _is_dimension(argument):
                for other in ("0", "1", "-1", "-2", "None"):
                    yield Change(argument, other)
                texts = [solution.source(item) for index, item in enumerate(node.args) if index != place]
                yield Change(node, _called(node, texts, solution))


def _option(node: Node, solution: Solution) -> Iterator[Change]:
    """A keyword that is left out."""
    if isinstance(node, ast.Call):
        for dropped in node.keywords:
            kept = [_keyword(word, solution) for word in node.keywords if word is not dropped]
            words = [*map(solution.source, node.args), *kept]
            yield Change(node, f"{solution.source(node.func)}({', '.join(words)})")


def _dropped_call(node: Node, solution: Solution) -> Iterator[Change]:
    """``a.f(...)`` without its call, or a function's argument in the place of its result."""
    if isinstance(node, ast.Call):
        if isinstance(node.func, ast.Attribute) and not _is_torch(node.func.value):
            yield Change(node, solution.source(node.func.value))
        for argument in node.args:
            if not _is_dimension(argument):
                yield Change(node, f"({solution.source(argument)})")


def _relative(node: Node, solution: Solution) -> Iterator[Change]:
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        for name in _RELATIVES.get(node.func.attr, ()):
            function = f"{solution.source(node.func.value)}.{name}"
            words = [*map(solution.source, node.args), *[_keyword(word, solution) for word in node.keywords]]
            yield Change(node, f"{function}({', '.join(words)})")


def _branch(node: Node, solution: Solution) -> Iterator[Change]:
    if isinstance(node, ast.If | ast.IfExp):
        for text in ("True", "False", f"not ({solution.source(node.test)})"):
            yield Change(node.test, text)
    if isinstance(node, ast.IfExp):
        yield Change(node, f"({solution.source(node.orelse)} if {solution.source(node.test)} else "
                           f"{solution.source(node.body)})")  # fmt: skip


def _statement(node: Node, solution: Solution) -> Iterator[Change]:
    if isinstance(node, ast.Assign | ast.Return | ast.Raise | ast.Expr):
        yield Change(node, "pass")
    if isinstance(node, ast.If):
        bodies = [node.body, node.orelse]
        for body in bodies:
            for dropped in body:
                if not isinstance(dropped, ast.If):
                    yield Change(dropped, "pass")


def _wrapped(form: str) -> Callable[[Node, Solution], Iterator[Change]]:
    def changes(node: Node, solution: Solution) -> Iterator[Change]:
        tensorial = isinstance(node, ast.Name | ast.BinOp | ast.UnaryOp) or _is_operation(node)
        if tensorial and isinstance(getattr(node, "ctx", ast.Load()), ast.Load) and not _is_torch(node):
            yield Change(node, form.replace("{}", solution.source(node)))

    return changes


def _in_place(node: Node, solution: Solution) -> Iterator[Change]:
    """``a.sub_(b)`` for ``a - b``, ``a.exp_()`` for ``a.exp()``."""
    if isinstance(node, ast.BinOp) and type(node.op) in _IN_PLACE:
        left = _closed(node.left, solution.source(node.left))
        yield Change(node, f"{left}.{_IN_PLACE[type(node.op)]}({solution.source(node.right)})")
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub) and not _whole(node):
        yield Change(node, f"{_closed(node.operand, solution.source(node.operand))}.neg_()")
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in _RELATIVES:
        words = [*map(solution.source, node.args), *[_keyword(word, solution) for word in node.keywords]]
        yield Change(node, f"{solution.source(node.func)}_({', '.join(words)})")


def _name(node: Node, solution: Solution) -> Iterator[Change]:
    """Another tensor of the function in the place of one: a parameter, or what was assigned shortly before."""
    if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load) and node.id != "torch":
        assigned = [
            target.id
            for part in ast.walk(solution.called)
            if isinstance(part, ast.Assign) and part.lineno < node.lineno
            for target in part.targets
            if isinstance(target, ast.Name)
        ]
        names = dict.fromkeys([*reversed(assigned), *solution.tensors])
        for other in [name for name in names if name != node.id][:_NAMES]:
            yield Change(node, other)


_OPERATORS: Mapping[str, Callable[[Node, Solution], Iterator[Change]]] = {
    "arithmetic": _arithmetic,
    "swapped operands": _swapped,
    "dropped operand": _operand,
    "comparison": _comparison,
    "constant": _constant,
    "dimension": _dimension,
    "dropped option": _option,
    "dropped call": _dropped_call,
    "related function": _relative,
    "branch": _branch,
    "dropped statement": _statement,
    "another name": _name,
    "in place": _in_place,
    **{name: _wrapped(form) for name, form in _WRAPPED.items()},
}


def _is_dimension(node: ast.expr) -> bool:
    named = isinstance(node, ast.Name) and node.id.endswith("dim")
    negative = isinstance(node, ast.UnaryOp) and isinstance(node.operand, ast.Constant)
    return named or ((negative or isinstance(node, ast.Constant)) and _whole(node))


def _whole(node: ast.expr) -> bool:
    try:
        return type(ast.literal_eval(node)) is int
    except ValueError:
        return False


def _is_torch(node: Node) -> bool:
    return isinstance(node, ast.Name) and node.id == "torch"


def _is_operation(node: Node) -> bool:
    """Whether a node is a call, or part of a tensor: what has methods of a tensor, as a rule."""
    return isinstance(node, ast.Compare | ast.Subscript) or (
        isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr != "dim"
    )


def _called(node: ast.Call, arguments: Sequence[str], solution: Solution) -> str:
    words = [*arguments, *[_keyword(word, solution) for word in node.keywords]]
    return f"{solution.source(node.func)}({', '.join(words)})"


def _keyword(word: ast.keyword, solution: Solution) -> str:
    return f"{word.arg}={solution.source(word.value)}"


def _closed(node: ast.expr, text: str) -> str:
    return f"({text})" if isinstance(node, ast.BinOp | ast.UnaryOp | ast.Compare | ast.IfExp) else text


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= 60 else f"{line[:57]}..."


def _parses(text: str) -> bool:
    try:
        ast.parse(text)
    except SyntaxError:
        return False
    return True
