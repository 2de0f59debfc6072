"""A learner's nn.Module around a call: its buffers follow the input, and what the call leaves behind is counted.

What a module holds is looked at, not asked for: nn.Module.parameters() asks methods that a class may override.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any

import torch
from torch import Tensor, nn

from autograder.worker.case import Case
from autograder.worker.inputs import Device


class ModuleWatch:
    """Counts what a module has and what a call of it leaves behind."""

    def __init__(self, module: nn.Module, case: Case) -> None:
        nn.Module.train(module, case.training)
        self._module = module
        self._training = case.training
        first = case.args[0]
        self._dtype = first.dtype if isinstance(first, Tensor) else torch.get_default_dtype()
        self._before = self._tensors()
        self._placed: list[tuple[dict[str, Any], dict[str, Tensor | None]]] = []

    @contextlib.contextmanager
    def placed(self, device: Device) -> Iterator[None]:
        """Have the buffers where ``module.to(input)`` puts them, in copies that are let go of at the end."""
        kept = [(held, held["_buffers"]) for held in _tables(self._module)]
        for held, buffers in kept:
            held["_buffers"] = {name: self._copy(buffer, device) for name, buffer in buffers.items()}
            self._placed.append((held, dict(held["_buffers"])))
        try:
            yield
        finally:
            for held, buffers in kept:
                held["_buffers"] = buffers

    def has_buffers(self) -> bool:
        """Whether anything of it has followed the input."""
        return any(buffer is not None for _held, buffers in self._placed for buffer in buffers.values())

    def counts(self) -> dict[str, int]:
        """Numbers of parameters, buffers that are saved, tensors that the call has kept, and changes of mode."""
        return {
            "parameters": sum(
                value is not None for held in _tables(self._module) for value in held["_parameters"].values()
            ),
            "buffers": sum(
                name not in held["_non_persistent_buffers_set"] and buffer is not None
                for held, buffers in self._placed
                for name, buffer in buffers.items()
            ),
            "tensors kept from a call": len(self._tensors().keys() - self._before.keys()) + self._written(),
            "changes of mode": int(self._module.training is not self._training),
        }

    def _copy(self, buffer: Tensor | None, device: Device) -> Tensor | None:
        if buffer is None:
            return None
        dtype = self._dtype if buffer.is_floating_point() else buffer.dtype
        return device.put(buffer.detach().to(dtype, copy=True))

    def _written(self) -> int:
        """How many buffers the call has put anew, or written to: a copy has been written to since it was made."""
        found: list[tuple[Tensor, Tensor | None]] = [
            (buffer, buffers.get(name))
            for held, buffers in self._placed
            for name, buffer in held["_buffers"].items()
            if buffer is not None
        ]
        return sum(buffer is not placed or buffer._version != 0 for buffer, placed in found)

    def _tensors(self) -> dict[int, Tensor]:
        # With the tensors themselves, not only their ids: a new one may get the id of one that the call let go.
        return {
            id(value): value for held in _tables(self._module) for value in held.values() if isinstance(value, Tensor)
        }


def _tables(module: nn.Module) -> list[dict[str, Any]]:
    """What a module and all within it hold."""
    found: dict[int, dict[str, Any]] = {}
    left = [module]
    while left:
        held = object.__getattribute__(left.pop(), "__dict__")
        if id(held) not in found:
            found[id(held)] = held
            left += [part for part in held["_modules"].values() if part is not None]
    return list(found.values())
