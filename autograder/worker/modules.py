"""A learner's nn.Module around a call: its buffers follow the input, and what the call leaves behind is counted.

Modules are asked by nn.Module's own methods: a class may say of itself what it likes.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

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
        self._placed: list[tuple[nn.Module, dict[str, Tensor | None]]] = []

    @contextlib.contextmanager
    def placed(self, device: Device) -> Iterator[None]:
        """Have the buffers where ``module.to(input)`` puts them, in copies that are let go of at the end."""
        kept = [(child, child._buffers) for child in nn.Module.modules(self._module)]
        for child, buffers in kept:
            child._buffers = {name: self._copy(buffer, device) for name, buffer in buffers.items()}
            self._placed.append((child, dict(child._buffers)))
        try:
            yield
        finally:
            for child, buffers in kept:
                child._buffers = buffers

    def counts(self) -> dict[str, int]:
        """Numbers of parameters, buffers that are saved, tensors that the call has kept, and changes of mode."""
        return {
            "parameters": sum(1 for _ in nn.Module.parameters(self._module)),
            "buffers": sum(
                name not in child._non_persistent_buffers_set and buffer is not None
                for child, buffers in self._placed
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
        return sum(
            buffer is not None and (buffer._version != 0 or buffer is not buffers.get(name))
            for child, buffers in self._placed
            for name, buffer in child._buffers.items()
        )

    def _tensors(self) -> dict[int, Tensor]:
        # With the tensors themselves, not only their ids: a new one may get the id of one that the call let go.
        return {
            id(value): value
            for module in nn.Module.modules(self._module)
            for value in vars(module).values()
            if isinstance(value, Tensor)
        }
