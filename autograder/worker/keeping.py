"""What a submission keeps from call to call in names, attributes, lists, dicts and sets of its own.

It is looked at, not asked for: of containers only Python's own, of objects only what they hold. Of tensors it is told
that they are there: which numbers they have is found otherwise, where a call uses them.
"""

from __future__ import annotations

from collections import OrderedDict, defaultdict, deque
from collections.abc import Callable, Iterable, Iterator
from itertools import zip_longest
from types import CellType, FunctionType
from typing import Any

from torch import Tensor, nn

CHANGES = "changes that a call leaves behind"
"""How a watched call's changes are told among what is told of a module."""
_MAPPINGS = frozenset({dict, OrderedDict, defaultdict})
_CONTAINERS = frozenset({list, set, deque}) | _MAPPINGS
_PLAIN = frozenset({bool, int, float, str})
_SUBMISSION = "submission"  # the name under which a learner's file is loaded
_MOST = 500  # objects, and entries of one of them: learners keep a list or two


def kept(function: Callable[..., object]) -> list[object]:
    """What outlives a call of a learner's function or module: sizes of containers and plain values, in order."""
    seen: set[int] = set()
    left = list(_roots(function))
    found: list[object] = []
    while left and len(seen) < _MOST:
        value = left.pop()
        kind = type(value)
        if kind in _PLAIN:
            found.append(value)
        elif id(value) not in seen:
            seen.add(id(value))
            if kind in _CONTAINERS:
                found.append((kind.__name__, len(value)))
            left += _parts(value)
    return found


def changes(before: list[object], after: list[object]) -> int:
    """How much of what is kept has changed."""
    return sum(one is not other and one != other for one, other in zip_longest(before, after))


def _roots(function: Callable[..., object]) -> Iterator[Any]:
    """What a call can reach: the module or function, and the names of its file."""
    yield function
    called = vars(type(function)).get("forward") if isinstance(function, nn.Module) else function
    if isinstance(called, FunctionType):
        yield from [value for name, value in called.__globals__.items() if not name.startswith("__")]


def _parts(value: Any) -> Iterable[Any]:  # noqa: ANN401  # whatever a learner keeps
    kind = type(value)
    if issubclass(kind, Tensor):
        return ()
    if kind in _MAPPINGS:
        return list(value.values())[:_MOST]
    if kind in (list, deque, tuple):
        return list(value)[:_MOST]
    if kind is CellType:
        return [value.cell_contents] if value != CellType() else []
    if kind is FunctionType:
        return [*(value.__closure__ or ()), *(value.__defaults__ or ()), *value.__dict__.values()]
    if issubclass(kind, type):
        return list(value.__dict__.values()) if value.__module__ == _SUBMISSION else []
    if kind.__module__ != _SUBMISSION and not issubclass(kind, nn.Module):
        return []
    return [*getattr(value, "__dict__", {}).values(), kind]
