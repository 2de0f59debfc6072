"""torch's global settings around a call: set for the case, watched, and put back."""

from __future__ import annotations

import contextlib
import ctypes
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import torch
from torch import Tensor

from autograder.worker.case import Case
from autograder.worker.codec import span


def _set_device(device: torch.device) -> None:
    # None, not "cpu": a default device is a mode that every later operation would pass through.
    torch.set_default_device(None if device.type == "cpu" else device)


# What a call may change for everybody after it: how to read it and how to set it.
_GLOBALS: Mapping[str, tuple[Callable[[], Any], Callable[[Any], Any]]] = {
    "default dtype": (torch.get_default_dtype, torch.set_default_dtype),
    "default device": (torch.get_default_device, _set_device),
    "grad mode": (torch.is_grad_enabled, torch.set_grad_enabled),
    "anomaly detection": (torch.is_anomaly_enabled, torch.autograd.set_detect_anomaly),
    "number of threads": (torch.get_num_threads, torch.set_num_threads),
    "deterministic algorithms": (
        torch.are_deterministic_algorithms_enabled,
        torch.use_deterministic_algorithms,
    ),
    "matmul precision": (torch.get_float32_matmul_precision, torch.set_float32_matmul_precision),
}
_RANDOM = "the random number generator"


@contextlib.contextmanager
def settings_of(case: Case) -> Iterator[list[str]]:
    """Set what the case asks for, collect the names of torch's settings that the call leaves changed, undo them.

    The random numbers alone are not put back: a function that draws some must not get the same ones every time.
    """
    changed: list[str] = []
    outer = _read()
    torch.set_default_dtype(case.default_dtype)
    torch.set_grad_enabled(case.grad_enabled)
    torch.rand(1)  # a call that seeds the generator as it was seeded before would else leave it as it was
    before, random_before = _read(), memory(torch.get_rng_state())
    try:
        yield changed
    finally:
        after = _read()
        if after != before:
            changed += [name for name, old, new in zip(_GLOBALS, before, after, strict=True) if old != new]
        if memory(torch.get_rng_state()) != random_before:
            changed.append(_RANDOM)
        if after != outer:
            for (_, put_back), old, new in zip(_GLOBALS.values(), outer, after, strict=True):
                # Only what changed: setting the deterministic algorithms imports torch._dynamo, 1.6 s in every worker.
                if old != new:
                    put_back(old)


def _read() -> tuple[Any, ...]:
    return tuple([read() for read, _ in _GLOBALS.values()])


def memory(tensor: Tensor) -> bytes:
    """The bytes that a tensor on the CPU spans, read without an operation of torch, which may be patched.

    Raises:
        ValueError: its storage has less than that, since somebody has let go of it.

    """
    elements = tensor.numel()
    if elements and not tensor.is_contiguous():
        elements = span(tensor.shape, tensor.stride())
    size = elements * tensor.element_size()
    storage = tensor.untyped_storage()
    if size > storage.nbytes() - tensor.storage_offset() * tensor.element_size():
        raise ValueError(f"a tensor spans size={size} bytes, of which its storage has fewer")
    return ctypes.string_at(tensor.data_ptr(), size) if size else b""
