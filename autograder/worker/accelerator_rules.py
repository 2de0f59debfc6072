"""What CUDA makes of one operation: which devices it refuses to mix, what crosses to or from the host.

The rules are torch's own. Those for 0-d tensors follow the table that CUDA's kernels are generated from
(``native_functions.yaml``; tests/test_accelerator.py compares), those for indexing follow
``TensorAdvancedIndexing.cpp``.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from itertools import chain

import torch
from torch import Tensor
from torch._ops import OpOverload

from autograder.worker.case import SIMULATED

DEVICE_NAME = f"{SIMULATED}:0"
_DEVICE = torch.device("privateuseone", 0)  # torch's own name for it, which is there before it is registered

_COPIES = frozenset({"_to_copy", "copy_"})
_INDEXING = frozenset({"index", "index_put", "index_put_", "_index_put_impl_", "_unsafe_index", "_unsafe_index_put"})

# The host needs their value, or their result's shape, and so waits until the device is done.
_WAITS = {
    "_local_scalar_dense": "item()",
    "_unique2": "unique()",
    "allclose": "allclose()",
    "bincount": "bincount()",
    "equal": "equal()",
    "masked_select": "masked_select()",
    "nonzero": "nonzero()",
    "repeat_interleave": "repeat_interleave()",
    "unique_consecutive": "unique_consecutive()",
    "unique_dim": "unique()",
}

# Elementwise, but their CUDA kernels check that all tensors are on one device, 0-d ones too.
_STRICT = frozenset(
    {"clamp", "clamp_max", "clamp_min", "equal", "gcd", "igamma", "igammac", "lcm"}
    | {"logaddexp", "logaddexp2", "nextafter"}
)

# They take a 0-d tensor on the host as they take a number, but torch does not tag all of them as elementwise.
_LENIENT = frozenset(
    {
        "copysign",
        "eq",
        "fill",
        "floor_divide",
        "ge",
        "gt",
        "heaviside",
        "index_fill",
        "le",
        "lt",
        "masked_fill",
    }
    | {"ne", "rsub", "true_divide", "where"}
    | {f"__{prefix}{name}__" for prefix in ("", "i") for name in ("and", "lshift", "or", "rshift", "xor")}
)


class Call:
    """An operation that is about to run: some fifty of them a gradient, so it is told once what is where.

    Args:
        op: the operation.
        args: what it is called with, as a dispatch mode is told of it.
        kwargs: likewise.

    """

    __slots__ = ("asked_device", "name", "op", "placed", "tensors")

    def __init__(self, op: OpOverload, args: Sequence[object], kwargs: Mapping[str, object]) -> None:
        self.op = op
        self.name, parameters = _signature(op)  # without namespace and overload, such as "index_put_"
        self.tensors: list[tuple[str, Tensor]] = []  # every one among the arguments, with its parameter's name
        for parameter, value in chain(zip(parameters, args, strict=False), kwargs.items()):
            if isinstance(value, Tensor):
                self.tensors.append((parameter, value))
            elif isinstance(value, list | tuple):
                self.tensors += [(parameter, item) for item in value if isinstance(item, Tensor)]
        self.placed = [is_on_device(tensor) for _, tensor in self.tensors]
        device = kwargs.get("device")
        self.asked_device = device if isinstance(device, torch.device) else None

    def comes_out_on_device(self) -> bool:
        """Whether the result is on the simulated accelerator."""
        if self.asked_device is not None:
            return self.asked_device.type == SIMULATED
        return any(self.placed[:1] if self.name == "copy_" or self.name in _INDEXING else self.placed)

    def crossings(self) -> list[str]:
        """What the call copies from device to device or waits for; RuntimeError where CUDA refuses it."""
        if self.tensors and self.name in _COPIES:
            first, last = self.tensors[0][1], self.tensors[-1][1]  # one and the same, or target and source
            return _copy(last, self.asked_device or first.device)
        if not any(self.placed):
            return []
        if self.name in _INDEXING:
            return _indexing(self.op, self.tensors)
        if not all(self.placed):
            _refuse_mixed(self.op, self.tensors)
        return [f"sync: {_WAITS[self.name]}"] if self.name in _WAITS else []


@functools.cache
def _signature(op: OpOverload) -> tuple[str, tuple[str, ...]]:
    """An operator's name and its parameters': torch builds the schema anew each time it is asked for."""
    schema = op._schema
    return schema.name.partition("::")[2], tuple(parameter.name for parameter in schema.arguments)


@functools.cache
def is_ordinary(op: OpOverload) -> bool:
    """Whether, of tensors that are all on the device, its results are there too, and nothing crosses or waits.

    So are seven of ten operations of a submission, and `Call` need not look at them.
    """
    special = _COPIES | _INDEXING | _WAITS.keys()
    return _signature(op)[0] not in special and not op._schema.is_mutable


def is_on_device(tensor: Tensor) -> bool:
    """Whether the tensor is on the simulated accelerator."""
    return tensor.device == _DEVICE  # its type's name, once another was given, is asked of Python: ten times as long


def takes_host_scalars(op: OpOverload) -> bool:
    """Whether CUDA lets the operation read a 0-d tensor on the host beside tensors on the device."""
    name = op._schema.name.partition("::")[2]
    functional = name if name.endswith("__") else name.removesuffix("_")
    return functional not in _STRICT and (torch.Tag.pointwise in op.tags or functional in _LENIENT)


def _copy(source: Tensor, target: torch.device) -> list[str]:
    if source.device.type == target.type:
        return []
    direction = "d2h" if is_on_device(source) else "h2d"
    return [f"{direction}: copy of shape {tuple(source.shape)} to {target}"]


def _indexing(op: OpOverload, tensors: Sequence[tuple[str, Tensor]]) -> list[str]:
    """Judge ``table[indices]`` and ``table[indices] = values``.

    A table on the device takes indices from the host; one on the host takes none from the device. A 0-d value
    may come from anywhere.
    """
    (_, table), *rest = tensors
    indices = [tensor for name, tensor in rest if name == "indices"]
    values = [tensor for name, tensor in rest if name == "values"]
    if not is_on_device(table) and any(is_on_device(index) for index in indices):
        raise RuntimeError(
            f"indices should be either on cpu or on the same device as the indexed tensor ({table.device}); "
            "create the indexed tensor where the indices are, for example with device=x.device"
        )
    if any(value.dim() > 0 for value in values):
        _refuse_mixed(op, [tensors[0], *((name, tensor) for name, tensor in rest if name == "values")])
    events = [event for index in indices for event in _copy(index, table.device)]
    events += [event for value in values if is_on_device(value) for event in _copy(value, table.device)]
    # How many elements a mask picks is a shape. To fill them all with one number, torch need not count them.
    masks = [index for index in indices if is_on_device(index) and index.dtype in (torch.bool, torch.uint8)]
    if masks and not any(value.numel() == 1 for value in values):
        events.append("sync: boolean mask")
    return events


def _refuse_mixed(op: OpOverload, tensors: Sequence[tuple[str, Tensor]]) -> None:
    """Refuse what is not on the device, except 0-d tensors on the host that are only read, as numbers are."""
    strangers = [(name, tensor) for name, tensor in tensors if not is_on_device(tensor)]
    if not strangers or len(strangers) == len(tensors):
        return
    lenient = takes_host_scalars(op)
    written = {p.name for p in op._schema.arguments if p.alias_info is not None and p.alias_info.is_write}
    for name, tensor in strangers:
        is_number = tensor.dim() == 0 and tensor.device.type == "cpu"
        if not (lenient and is_number and name not in written):
            raise RuntimeError(
                "Expected all tensors to be on the same device, but found at least two devices, "
                f"{DEVICE_NAME} and {tensor.device}! (in {op._schema.name}, argument {name} of shape "
                f"{tuple(tensor.shape)} is on {tensor.device}; create it where the input is, "
                "for example with device=x.device)"
            )
