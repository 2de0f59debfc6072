"""torch's global settings around a call: set for the case, watched, and put back."""

from __future__ import annotations

import contextlib
import functools
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Self

import torch
from torch._tensor_str import PRINT_OPTS

from autograder.worker.case import Case

_MAX_VALUE = 40  # characters: a print option may be anything


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


_LEAST = 5e-324


def _flushes_denormals() -> bool:
    # torch does not tell; the processor's mode is the thread's, so Python's own numbers show it.
    return _LEAST * 1.0 == 0.0


def set_deterministic(mode: bool, *, warn_only: bool = False) -> None:
    """`torch.use_deterministic_algorithms`, without telling torch's compiler.

    To tell it imports 800 modules, whose files a worker may not open.
    """
    torch._C._set_deterministic_algorithms(mode, warn_only=warn_only)


def _stays(_value: object) -> None:
    """Nothing: torch lets this be set once a process. Who sets it has spoiled the process for the next file."""


def _print_option(name: str) -> tuple[Callable[[], Any], Callable[[Any], Any]]:
    return functools.partial(getattr, PRINT_OPTS, name), functools.partial(setattr, PRINT_OPTS, name)


# What a call may change for everybody after it: how to read it and how to set it. They are read before and after each
# of a thousand calls: torch.get_default_device() alone takes ten times as long as all of these.
_GLOBALS: Mapping[str, tuple[Callable[[], Any], Callable[[Any], Any]]] = {
    "default dtype": (torch.get_default_dtype, torch.set_default_dtype),
    "default device": (_default_device, _set_device),
    "grad mode": (torch.is_grad_enabled, torch.set_grad_enabled),
    "anomaly detection": (torch.is_anomaly_enabled, torch.autograd.set_detect_anomaly),
    "number of threads": (torch.get_num_threads, torch.set_num_threads),
    "deterministic algorithms": (torch.are_deterministic_algorithms_enabled, set_deterministic),
    "matmul precision": (torch.get_float32_matmul_precision, torch.set_float32_matmul_precision),
    "number of threads between operations": (torch.get_num_interop_threads, _stays),
    "flushing of denormal numbers": (_flushes_denormals, torch.set_flush_denormal),
    "repeated warnings": (torch.is_warn_always_enabled, torch.set_warn_always),
    "autocast": (
        functools.partial(torch.is_autocast_enabled, "cpu"),
        functools.partial(torch.set_autocast_enabled, "cpu"),
    ),
    **{f"print option {name}": _print_option(name) for name in vars(PRINT_OPTS)},
}
_READERS = tuple(read for read, _ in _GLOBALS.values())
_RANDOM = "the random number generator"


class Settings:
    """Inside, torch is set as a case asks; at the end, ``changed`` tells what the call has changed, and it is undone.

    ``changed`` says ``number of threads: 2 instead of 1``. The random numbers alone are not put back: a function that
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
        self._asked, self._random = read_settings(), _random_state()
        return self

    def __exit__(self, *_: object) -> None:
        after = read_settings()
        if after != self._asked:
            found = zip(_GLOBALS, self._asked, after, strict=True)
            self.changed += [_told(name, asked, value) for name, asked, value in found if value != asked]
        if torch.get_rng_state().numpy().tobytes() != self._random:
            self.changed.append(_RANDOM)
        _put_back(self._outer, after)


@contextlib.contextmanager
def asked_by(case: Case) -> Iterator[None]:
    """Inside, torch is set as a case asks: for code of our own, which leaves all else as it is."""
    dtype, grad_enabled = torch.get_default_dtype(), torch.is_grad_enabled()
    if dtype is not case.default_dtype:  # to set what is set takes as long as a small operation
        torch.set_default_dtype(case.default_dtype)
    if grad_enabled is not case.grad_enabled:
        torch.set_grad_enabled(case.grad_enabled)
    try:
        yield
    finally:
        if torch.get_default_dtype() is not dtype:
            torch.set_default_dtype(dtype)
        if torch.is_grad_enabled() is not grad_enabled:
            torch.set_grad_enabled(grad_enabled)


@contextlib.contextmanager
def settings_kept() -> Iterator[None]:
    """Whatever is changed inside is as it was before, at the end; a file's own calls are watched, its import is not."""
    before = read_settings()
    try:
        yield
    finally:
        _put_back(before, read_settings())


def _put_back(before: tuple[object, ...], now: tuple[object, ...]) -> None:
    if now == before:  # as nearly always
        return
    for (_read, write), old, value in zip(_GLOBALS.values(), before, now, strict=True):
        if value != old:  # some take longer than a call
            write(old)


def _told(name: str, asked: object, value: object) -> str:
    return f"{name}: {str(value)[:_MAX_VALUE]} instead of {str(asked)[:_MAX_VALUE]}"


def _random_state() -> bytes:
    torch.rand(1)  # a call that seeds the generator as it was seeded before would else leave it as it was
    return torch.get_rng_state().numpy().tobytes()


def read_settings() -> tuple[object, ...]:
    """Everything of torch's that a call may change for those after it, but for the random numbers."""
    return tuple([read() for read in _READERS])
