"""Short ways to observe a call and to read what was seen, for the tests of the worker."""

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from autograder.worker.case import Case, Observation, Raised
from autograder.worker.observe import observe

FILE = "<submission>/activations/sigmoid.py"


def values(*numbers: float, dtype: torch.dtype = torch.float32) -> Tensor:
    return torch.tensor(numbers, dtype=dtype)


def seen(function: Callable[..., object], *args: Any, **options: Any) -> Observation:
    """What ``function`` does with a vector of two, watched, unless told otherwise."""
    return observe(function, Case(args=args or (values(1.0, 2.0),), **{"watch": True, **options}), FILE)


def vjp(function: Callable[..., object], **options: Any) -> Observation:
    """As `seen`, with a gradient by the one argument."""
    return seen(function, wrt=(0,), cotangent=values(1.0, 10.0), **options)


def raised(observation: Observation) -> Raised:
    assert observation.raised is not None, f"it returned {observation.type}"
    return observation.raised


def numbers(tensor: Tensor | None) -> list[Any]:
    assert tensor is not None
    result: list[Any] = tensor.tolist()
    return result
