"""The kit's own solutions as callables, for tests that call them without a worker."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from torch import Tensor

from autograder.course import Exercise
from tests.bank import ROOT


def symbol_of(exercise: Exercise) -> Any:
    """The function or class that the solution of ``exercise`` defines."""
    return _names(exercise.path)[exercise.symbol]


def solution(exercise: Exercise) -> Callable[..., Tensor]:
    """The solution of ``exercise`` as the worker calls it: a function, or an instance of the module."""
    found: Callable[..., Tensor] = symbol_of(exercise)() if exercise.kind == "module" else symbol_of(exercise)
    return found


@functools.cache
def _names(path: str) -> dict[str, Any]:
    names: dict[str, Any] = {"__name__": "solution"}
    exec(compile((ROOT / "solutions" / path).read_text(encoding="utf-8"), path, "exec"), names)
    return names
