"""torch's global settings around a call: set for the case, watched, and put back."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import torch

from autograder.worker.case import Case


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
    random_before = _random_state() if case.watch else None
    try:
        yield changed
    finally:
        after = _read()
        asked = {**outer, "default dtype": case.default_dtype, "grad mode": case.grad_enabled}
        if case.watch:
            changed += [name for name, value in asked.items() if after[name] != value]
            if torch.get_rng_state().numpy().tobytes() != random_before:
                changed.append(_RANDOM)
        for name, value in outer.items():
            # Only what changed: setting the deterministic algorithms imports torch._dynamo, 1.6 s in every worker.
            if after[name] != value:
                _GLOBALS[name][1](value)


def _random_state() -> bytes:
    torch.rand(1)  # a call that seeds the generator as it was seeded before would else leave it as it was
    return torch.get_rng_state().numpy().tobytes()


def _read() -> dict[str, object]:
    return {name: read() for name, (read, _) in _GLOBALS.items()}
