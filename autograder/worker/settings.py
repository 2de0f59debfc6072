"""torch's global settings around a call: set for the case, watched, and put back."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from typing import Any, Self

import torch

from autograder.worker.case import Case


def _set_device(device: torch.device) -> None:
    # None, not "cpu": a default device is a mode that every later operation would pass through.
    torch.set_default_device(None if device.type == "cpu" else device)


_nothing = functools.partial(torch.empty, 0)  # bound here, as are the others: a learner may patch torch
_modes = torch._C._len_torch_function_stack
_CPU = torch.device("cpu")


def _default_device() -> torch.device:
    # A default device is a mode. Where there is none, as nearly always, asking takes a hundredth of making a tensor.
    device: torch.device = _nothing().device if _modes() else _CPU
    return device


# What a call may change for everybody after it: how to read it and how to set it. They are read before and after each
# of a thousand calls: torch.get_default_device() alone takes ten times as long as all of these.
_GLOBALS: Mapping[str, tuple[Callable[[], Any], Callable[[Any], Any]]] = {
    "default dtype": (torch.get_default_dtype, torch.set_default_dtype),
    "default device": (_default_device, _set_device),
    "grad mode": (torch.is_grad_enabled, torch.set_grad_enabled),
    "anomaly detection": (torch.is_anomaly_enabled, torch.autograd.set_detect_anomaly),
    "number of threads": (torch.get_num_threads, torch.set_num_threads),
    "deterministic algorithms": (
        torch.are_deterministic_algorithms_enabled,
        torch.use_deterministic_algorithms,
    ),
    "matmul precision": (torch.get_float32_matmul_precision, torch.set_float32_matmul_precision),
}
_READERS = tuple(read for read, _ in _GLOBALS.values())
_RANDOM = "the random number generator"


class Settings:
    """Inside, torch is set as a case asks; at the end, ``changed`` names what the call has changed, and it is undone.

    ``changed`` stays empty where the case is not watched. The random numbers alone are not put back: a function that
    draws some must not get the same ones every time.
    """

    __slots__ = ("_asked", "_case", "_outer", "_random", "changed")

    def __init__(self, case: Case) -> None:
        self._case = case
        self.changed: list[str] = []

    def __enter__(self) -> Self:
        self._outer = read_settings()
        dtype, _device, grad_enabled, *_rest = self._outer
        if dtype is not self._case.default_dtype:  # to set what is set takes as long as a small operation
            torch.set_default_dtype(self._case.default_dtype)
        if grad_enabled is not self._case.grad_enabled:
            torch.set_grad_enabled(self._case.grad_enabled)
        if self._case.watch:
            self._asked, self._random = read_settings(), _random_state()
        return self

    def __exit__(self, *_: object) -> None:
        after = read_settings()
        if self._case.watch:
            names = zip(_GLOBALS, self._asked, after, strict=True)
            self.changed += [name for name, asked, value in names if value != asked]
            if torch.get_rng_state().numpy().tobytes() != self._random:
                self.changed.append(_RANDOM)
        if after == self._outer:
            return
        for setting, outer, value in zip(_GLOBALS.values(), self._outer, after, strict=True):
            # Only what changed: setting the deterministic algorithms imports torch._dynamo, 1.6 s in every worker.
            if value != outer:
                setting[1](outer)


def _random_state() -> bytes:
    torch.rand(1)  # a call that seeds the generator as it was seeded before would else leave it as it was
    return torch.get_rng_state().numpy().tobytes()


def read_settings() -> tuple[object, ...]:
    """Everything of torch's that a call may change for those after it, but for the random numbers."""
    return tuple([read() for read in _READERS])
