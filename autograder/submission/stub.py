"""Recognise work that has not been started, without running it."""

import ast


def is_untouched(source: str, symbol: str) -> bool:
    """Whether ``symbol`` does nothing yet: its body, or its forward's, only raises NotImplementedError or passes."""
    for node in ast.parse(source).body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and node.name == symbol:
            return _is_empty(node) if isinstance(node, ast.FunctionDef) else _has_empty_forward(node)
    return False


def _has_empty_forward(node: ast.ClassDef) -> bool:
    methods = [item for item in node.body if isinstance(item, ast.FunctionDef)]
    return any(method.name == "forward" and _is_empty(method) for method in methods)


def _is_empty(node: ast.FunctionDef) -> bool:
    return all(_does_nothing(statement) for statement in node.body)


def _does_nothing(statement: ast.stmt) -> bool:
    if isinstance(statement, ast.Raise):
        raised = statement.exc.func if isinstance(statement.exc, ast.Call) else statement.exc
        return isinstance(raised, ast.Name) and raised.id == "NotImplementedError"
    constant = isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)  # a docstring, or ...
    return constant or isinstance(statement, ast.Pass)
