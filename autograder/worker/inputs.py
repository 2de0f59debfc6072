"""A call's private inputs: copied onto its device, watched for changes, compared with the memory of its output."""

from __future__ import annotations

import ctypes
import functools
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from autograder.worker.case import Argument, Case
from autograder.worker.codec import span

COTANGENT = "the incoming gradient"
"""How the vector of the vector-Jacobian product is told of where a call has changed it."""


@dataclass(frozen=True, slots=True, eq=False)
class Device:
    """How tensors get to a case's device and back, and what it saw."""

    put: Callable[[Tensor], Tensor]
    fetch: Callable[[Tensor], Tensor]
    name: Callable[[Tensor], str]
    events: Sequence[str] = ()


@functools.cache
def torch_device(name: str) -> Device:
    """One of torch's own devices, which see nothing."""
    if name == "cpu":  # where nothing moves; a thousand small calls a submission come here
        return Device(put=lambda tensor: tensor, fetch=_fetched, name=_device_name)
    return Device(
        put=lambda tensor: tensor.to(name),
        fetch=_fetched,
        name=_device_name,
    )


def _fetched(tensor: Tensor) -> Tensor:
    return tensor.detach() if tensor.is_cpu else tensor.detach().cpu()


def _device_name(tensor: Tensor) -> str:
    return "cpu" if tensor.is_cpu else tensor.device.type  # the latter asks Python, once a device was renamed


class Inputs:
    """Private copies of a case's arguments, with the same strides, on a device."""

    def __init__(self, case: Case, device: Device) -> None:
        self._device = device
        self._offset, self._leaf = case.offset, case.leaf
        self._names, self._bare = case.names, case.bare
        self._tensors: list[tuple[str, Tensor]] = []
        self.args = tuple(
            self._copy(f"argument {index + 1}", value, differentiable=index in case.wrt)
            for index, value in enumerate(case.args)
        )
        self.kwargs = {name: self._copy(name, value) for name, value in case.kwargs.items()}
        self.cotangent = None if case.cotangent is None else device.put(same_layout(case.cotangent))
        self.second = tuple([device.put(same_layout(tensor)) for tensor in case.second])
        pulled = self.second if self.cotangent is None else (self.cotangent, *self.second)
        watched = [*self._tensors, *((COTANGENT, tensor) for tensor in pulled)]
        self._before = [(name, value, self._state(value)) for name, value in watched]

    def call(self, function: Callable[..., object]) -> object:
        """Call a function on them, with each given by name or by position as the case says."""
        if self._names:
            return function(**dict(zip(self._names, self.args, strict=True)), **self.kwargs)
        return function(*self.args, *self.kwargs.values()) if self._bare else function(*self.args, **self.kwargs)

    @property
    def tensors(self) -> list[Tensor]:
        """Those of them that are tensors, in order."""
        return [value for _, value in self._tensors]

    def changed(self) -> tuple[str, ...]:
        """Names of those that are not as they were."""
        changed = [name for name, value, before in self._before if self._differs(value, before)]
        return tuple(dict.fromkeys(changed))  # there may be several incoming gradients

    def sharing_memory(self, output: Tensor) -> tuple[str, ...]:
        """Names of those whose memory is the output's too."""
        if not output.numel():
            return ()
        ours = _address(self._device.fetch(output))
        return tuple(
            name for name, value in self._tensors if value.numel() and _address(self._device.fetch(value)) == ours
        )

    def _copy(self, name: str, value: Argument, *, differentiable: bool = False) -> Argument:
        if not isinstance(value, Tensor):
            return value
        copied = self._device.put(same_layout(value, self._offset))
        if differentiable:
            copied.requires_grad_()
            if not self._leaf:
                with torch.enable_grad():  # the layer before was called with gradients, whatever this call is
                    copied = same_layout(copied, self._offset)
        self._tensors.append((name, copied))
        return copied

    def _state(self, value: Tensor) -> object:
        # Bytes, not tensors: `equal` of the mutated input would be one more operation of torch, which may be patched.
        # The version tells of a write that changes nothing, which autograd refuses all the same.
        held = self._device.fetch(value)
        return value._version, held.shape, held.stride(), _memory(held)

    def _differs(self, value: Tensor, before: object) -> bool:
        try:
            return self._state(value) != before
        except Exception:  # the call took its memory away, or made it larger than the machine's
            return True


def same_layout(tensor: Tensor, offset: int = 0) -> Tensor:
    """A copy of ``tensor`` with the same strides, expanded and overlapping ones included; autograd sees it made.

    Args:
        tensor: what is copied.
        offset: how many other elements lie before it in its memory.

    """
    if not tensor.numel() or (tensor.is_contiguous() and not offset):
        return tensor.clone()
    storage = tensor.as_strided((span(tensor.shape, tensor.stride()),), (1,))
    # What lies before it is as good a number as any, and another one.
    storage = torch.cat([storage[:1].expand(offset) + 1, storage]) if offset else storage.clone()
    return storage.as_strided(tensor.shape, tensor.stride(), offset)


def _address(tensor: Tensor) -> int:
    return tensor.untyped_storage().data_ptr()


def _memory(tensor: Tensor) -> bytes:
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
