"""What a submission keeps from call to call in lists, dicts and sets of its own: how many entries there are.

It is looked at, not asked for: of containers only Python's own, of objects only what they hold.
"""

from __future__ import annotations

from collections import OrderedDict, defaultdict, deque
from collections.abc import Callable, Iterable, Iterator
from types import CellType, FunctionType
from typing import Any

from torch import nn

GROWS = "entries added by a call"
"""The count that a watched call adds to what is told of a module."""
_MAPPINGS = frozenset({dict, OrderedDict, defaultdict})
_CONTAINERS = frozenset({list, set, deque}) | _MAPPINGS
_LOOKED_AT = 500  # objects, and entries of one of them: learners keep a list or two


def entries(function: Callable[..., object]) -> int:
    """How many entries the lists, dicts and sets have that outlive a call of a learner's function or module."""
    seen: set[int] = set()
    left = list(_roots(function))
    count = 0
    while left and len(seen) < _LOOKED_AT:
        value = left.pop()
        if id(value) in seen:
            continue
        seen.add(id(value))
        if type(value) in _CONTAINERS:
            count += len(value)
        left += _parts(value)
    return count


def _roots(function: Callable[..., object]) -> Iterator[Any]:
    """What a call can reach: the module or function, and the names of its file."""
    yield function
    called = vars(type(function)).get("forward") if isinstance(function, nn.Module) else function
    if isinstance(called, FunctionType):
        yield from [value for name, value in called.__globals__.items() if not name.startswith("__")]


def _parts(value: Any) -> Iterable[Any]:  # noqa: ANN401  # whatever a learner keeps
    kind = type(value)
    if kind in _MAPPINGS:
        return list(value.values())[:_LOOKED_AT]
    if kind in _CONTAINERS or kind is tuple:
        return list(value)[:_LOOKED_AT]
    if kind is CellType:
        return [value.cell_contents] if value != CellType() else []
    if kind is FunctionType:
        return [*(value.__closure__ or ()), *(value.__defaults__ or ()), *value.__dict__.values()]
    if issubclass(kind, type):
        return list(value.__dict__.values()) if value.__module__ == _SUBMISSION else []
    if kind.__module__ != _SUBMISSION and not issubclass(kind, nn.Module):
        return []
    return [*getattr(value, "__dict__", {}).values(), kind]


_SUBMISSION = "submission"  # the name under which a learner's file is loaded
