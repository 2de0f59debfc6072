"""torch's global settings around a call: set for the case, watched, and put back."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping
from typing import Any

import torch
from torch import Tensor

from autograder.worker.case import Case


@contextlib.contextmanager
def settings_of(case: Case) -> Iterator[list[str]]:
    """Set what the case asks for, collect the names of torch's settings that the call leaves changed, undo them."""
    changed: list[str] = []
    outer = _global_settings()
    torch.set_default_dtype(case.default_dtype)
    torch.set_grad_enabled(case.grad_enabled)
    torch.rand(1)  # a call that seeds the generator as it was seeded before would else leave it as it was
    before = _global_settings()
    try:
        yield changed
    finally:
        after = _global_settings()
        changed += [name for name, value in before.items() if not _same(after[name], value)]
        _restore(outer)


def _global_settings() -> dict[str, object]:
    return {
        "the random number generator": torch.get_rng_state(),
        "default dtype": torch.get_default_dtype(),
        "default device": torch.get_default_device(),
        "grad mode": torch.is_grad_enabled(),
        "anomaly detection": torch.is_anomaly_enabled(),
        "number of threads": torch.get_num_threads(),
        "deterministic algorithms": torch.are_deterministic_algorithms_enabled(),
        "matmul precision": torch.get_float32_matmul_precision(),
    }


def _restore(settings: Mapping[str, Any]) -> None:
    """Put everything back but the random numbers: a function that draws some must not get the same ones every time."""
    torch.set_default_dtype(settings["default dtype"])
    if torch.get_default_device() != settings["default device"]:
        torch.set_default_device(settings["default device"])
    torch.set_grad_enabled(settings["grad mode"])
    torch.autograd.set_detect_anomaly(settings["anomaly detection"])
    if torch.get_num_threads() != settings["number of threads"]:
        torch.set_num_threads(settings["number of threads"])
    torch.use_deterministic_algorithms(settings["deterministic algorithms"])
    torch.set_float32_matmul_precision(settings["matmul precision"])


def _same(first: object, second: object) -> bool:
    if isinstance(first, Tensor) and isinstance(second, Tensor):
        return fingerprint(first) == fingerprint(second)
    return first == second


def fingerprint(tensor: Tensor) -> tuple[tuple[int, ...], bytes]:
    """A tensor's shape and bytes, to tell whether it changed; nan is equal to itself here."""
    plain = tensor.detach().contiguous()
    return tuple(plain.shape), plain.as_strided((plain.numel(),), (1,)).view(torch.uint8).numpy(force=True).tobytes()
