"""What a tape consists of: values, steps, and what torch is set to between them."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from autograder.worker.program import FEW, Json
from autograder.worker.terms import DTYPES, Refused

NAMES = {dtype: name for name, dtype in DTYPES.items()}


CALLS = frozenset({"call", "read", "raises"})
"""Kinds of steps that call a function, by its name."""


class Value(dict[str, int]):
    """A tensor that a step made, or that came from elsewhere.

    ``dynamic`` says that its shape depends on numbers; ``memory`` is which one a tensor had that nobody holds any more.
    As a dict, it is what stands for it in a program: its number, which `worker.cut` gives it anew in each program.
    """

    __slots__ = ("dynamic", "memory", "tensor")

    def __init__(self, tensor: Tensor, *, dynamic: bool = False) -> None:
        self["v"] = -1
        self.memory: object = None
        self.tensor: Tensor | None = tensor
        self.dynamic = dynamic


class Step:
    """One entry of a program, in which values stand for themselves until it is written.

    Args:
        entry: as `worker.program` describes it.
        used: the values it reads.
        made: the values it makes.
        writes: whether it may change one of those it reads.
        refused: why a program cannot say it, if it cannot.

    """

    __slots__ = ("entry", "made", "refused", "used", "writes")

    def __init__(
        self,
        entry: Json,
        used: Sequence[Value] = (),
        made: Sequence[Value] = (),
        *,
        writes: bool = False,
        refused: Refused | None = None,
    ) -> None:
        self.entry, self.used, self.made, self.writes, self.refused = entry, used, made, writes, refused


class Unrecorded(Exception):
    """Something that a program cannot say; ``why`` is one of `worker.program.Refused`."""

    def __init__(self, why: Refused) -> None:
        super().__init__(why)
        self.why = why


def origin(value: Value) -> Step:
    """The step that makes a value which no recorded call has made: its numbers, if they are few."""
    try:
        if value.tensor is None:
            raise Unrecorded(Refused.OUTSIDE)
        return Step(["constant", value, *_numbers_of(value.tensor)], (), [value])
    except Unrecorded as error:
        return Step(["call", "", [], {}, value], (), [value], refused=error.why)


def place_of(tensor: Tensor | None) -> tuple[object, ...] | None:
    """Which memory a tensor lies in, and how; None for one without memory of its own."""
    if tensor is None or torch._C._functorch.is_functorch_wrapped_tensor(tensor):
        return None
    host = getattr(tensor, "host", tensor)
    try:
        storage = host.untyped_storage()._cdata
    except (RuntimeError, NotImplementedError):
        return None  # a kind of tensor without memory of its own
    return storage, host.dtype, host.shape, host.stride(), host.storage_offset(), tensor.device


def memory_of(value: Value) -> object:
    """Which memory a value's tensor lies in, or lay in; None for one without memory of its own."""
    place = place_of(value.tensor)
    return place[0] if place else value.memory


def _numbers_of(tensor: Tensor) -> list[Json]:
    if torch._C._functorch.is_functorch_wrapped_tensor(tensor):
        raise Unrecorded(Refused.TRANSFORM)
    if tensor.is_complex():
        raise Unrecorded(Refused.COMPLEX)
    if tensor.numel() > FEW or tensor.dtype not in NAMES or tensor.layout is not torch.strided:
        raise Unrecorded(Refused.OUTSIDE)
    host = getattr(tensor, "host", tensor).detach()
    numbers = host.double() if host.is_floating_point() else host
    device = str(tensor.device)
    return [NAMES[tensor.dtype], list(tensor.shape), numbers.reshape(-1).tolist(), device, tensor.requires_grad]


def ambient() -> tuple[object, ...]:
    """What torch is set to that the same call may answer differently for."""
    return (
        torch.is_grad_enabled(),
        torch.is_inference_mode_enabled(),
        torch.get_default_dtype(),
        torch.get_autocast_dtype("cpu") if torch.is_autocast_enabled("cpu") else None,
    )


def settings(now: tuple[object, ...]) -> list[Json]:
    """The same as plain data."""
    grad, inference, dtype, autocast = now
    return [grad, inference, NAMES.get(dtype), NAMES.get(autocast)]  # type: ignore[call-overload]
