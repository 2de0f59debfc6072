"""Short ways to observe a call and to read what was seen, for the tests of the worker."""

import contextlib
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import torch
from torch import Tensor, nn

from autograder.worker.case import Case, Observation, Raised
from autograder.worker.modules import ModuleWatch
from autograder.worker.observe import device_of, observe
from autograder.worker.record import Claims, Recorder

FILE = "<submission>/activations/sigmoid.py"


def values(*numbers: float, dtype: torch.dtype = torch.float32) -> Tensor:
    return torch.tensor(numbers, dtype=dtype)


def seen(function: Callable[..., object], *args: Any, **options: Any) -> Observation:
    """What ``function`` does with a vector of two, watched, unless told otherwise."""
    return observe(function, Case(args=args or (values(1.0, 2.0),), **{"watch": True, **options}), FILE)


def vjp(function: Callable[..., object], **options: Any) -> Observation:
    """As `seen`, with a gradient by the one argument."""
    return seen(function, wrt=(0,), cotangent=values(1.0, 10.0), **options)


def directly(function: Callable[..., object], case: Case, filename: str | None = None) -> Observation:
    """What calling ``function`` does, which nobody but a test does on the inputs that are judged.

    A module's buffers are placed, and what it holds and keeps is counted, as where it is recorded.
    """
    if not isinstance(function, nn.Module):
        return observe(function, case, filename)
    module, counts = function, dict[str, int]()

    def call(*args: object, **kwargs: object) -> object:
        watch = ModuleWatch(module, case)
        with contextlib.ExitStack() as stack:
            device = stack.enter_context(device_of(case.device))
            with torch.inference_mode(mode=False):  # as where it is recorded: before inference begins
                stack.enter_context(watch.placed(device))
            output = module(*args, **kwargs)
            counts.update(watch.counts())
        return output

    seen = observe(call, case, filename)
    return replace(seen, module=counts if seen.raised is None else None)


def claims(function: Callable[..., object], *args: Any, **options: Any) -> Claims:
    """What is claimed of a call as `seen` makes it, where it is recorded."""
    case = Case(args=args or (values(1.0, 2.0),), **{"watch": True, **options})
    return Recorder(FILE).record(function, case)[1]


def raised(observation: Observation) -> Raised:
    assert observation.raised is not None, f"it returned {observation.type}"
    return observation.raised


def numbers(tensor: Tensor | None) -> list[Any]:
    assert tensor is not None
    result: list[Any] = tensor.tolist()
    return result
