"""Make the calls of a program again: arguments out of plain data, and functions out of the one table of names."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch

from autograder.worker.names import functions
from autograder.worker.program import Json
from autograder.worker.terms import DTYPES, LAYOUTS

Environment = dict[int, Any]
"""Values by their numbers, as far as a program has come."""


def argument(value: Json) -> Callable[[Environment], Any]:
    """What makes an argument of the values so far."""
    if type(value) is list:
        items = [argument(item) for item in value]
        return lambda values: [item(values) for item in items]
    if type(value) is not dict:
        return lambda _values: value
    ((key, held),) = value.items()
    if key == "v":
        return lambda values: values[held]
    if key == "t":
        parts = [argument(item) for item in held]
        return lambda values: tuple([part(values) for part in parts])
    if key == "s":
        start, stop, step = map(argument, held)
        return lambda values: slice(start(values), stop(values), step(values))
    if key == "p":
        return lambda _values: torch.device(held)  # which may be none of this machine's
    plain = _plain(key, held)
    return lambda _values: plain


def _plain(key: str, held: Json) -> Any:  # noqa: ANN401  # torch's own kinds of arguments
    if key == "r":
        first, last, step = held
        return list(range(first, last + (1 if step > 0 else -1), step))
    return DTYPES[held] if key == "d" else LAYOUTS[held] if key == "m" else Ellipsis


def called(step: Json) -> Callable[[Environment], Any]:
    """What makes a step's call on the values so far."""
    function = functions()[step[1]]
    args = [argument(value) for value in step[2]]
    kwargs = {key: argument(value) for key, value in step[3].items()}
    if step[1] == "torch.Tensor.__deepcopy__":
        return lambda values: function(*[arg(values) for arg in args], {})
    if not kwargs:
        return lambda values: function(*[arg(values) for arg in args])
    return lambda values: function(
        *[arg(values) for arg in args], **{key: value(values) for key, value in kwargs.items()}
    )
