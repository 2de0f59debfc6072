"""What a tape has to know of each of torch's functions: its name, and what a call of it tells or does."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from typing import Any

from autograder.worker import names
from autograder.worker.program import MAX_STRING

# What says nothing of a tensor's numbers, so that there is nothing to replay; and what of its form it says.
_FORM: Mapping[str, tuple[str, ...]] = {
    "dtype": (
        *("Tensor.dtype.__get__", "Tensor.itemsize.__get__", "Tensor.nbytes.__get__", "Tensor.is_floating_point"),
        *("Tensor.is_complex", "Tensor.element_size", "Tensor.is_signed", "is_floating_point", "is_complex"),
        *("is_signed", "result_type", "promote_types", "can_cast", "typename"),
    ),
    "dims": ("Tensor.dim", "Tensor.ndim.__get__", "Tensor.ndimension"),
    "shape": (
        *("Tensor.shape.__get__", "Tensor.size", "Tensor.numel", "Tensor.nelement", "Tensor.__len__", "numel"),
        *("Tensor.is_same_size", "is_same_size", "broadcast_shapes"),
    ),
    "layout": (
        *("Tensor.stride", "Tensor.is_contiguous", "Tensor.storage_offset", "Tensor.layout.__get__"),
        *("Tensor.data_ptr", "Tensor.is_set_to", "Tensor._version.__get__", "Tensor.__hash__"),
    ),
    "graph": (
        *("Tensor.requires_grad.__get__", "Tensor.is_leaf.__get__", "Tensor.grad_fn.__get__", "Tensor.is_inference"),
        *("Tensor.retains_grad.__get__", "Tensor.output_nr.__get__", "Tensor._backward_hooks.__get__", "is_inference"),
    ),
    "device": (
        *("Tensor.device.__get__", "Tensor.is_cuda.__get__", "Tensor.is_cpu.__get__", "Tensor.is_sparse.__get__"),
        *("Tensor.is_meta.__get__", "Tensor.is_quantized.__get__", "Tensor.is_nested.__get__", "Tensor.is_mps.__get__"),
        *("Tensor.is_xpu.__get__", "Tensor.is_mkldnn.__get__", "Tensor.get_device", "device"),
    ),
    "": (  # the same for all of them
        *("Tensor.name.__get__", "Tensor.is_conj", "Tensor.is_neg", "is_tensor", "is_storage", "Tensor.__repr__"),
        *("Tensor.__format__", "_C._set_grad_enabled", "set_grad_enabled"),
    ),
}
_QUIET: Mapping[str, str] = {f"torch.{name}": fact for fact, found in _FORM.items() for name in found}
_SIZES = frozenset(
    ["torch.Tensor.shape.__get__", "torch.Tensor.nbytes.__get__", "torch.numel"]
    + [f"torch.Tensor.{name}" for name in ("size", "numel", "nelement", "__len__", "stride")]
)
# How many elements come out depends on the numbers that go in.
_DYNAMIC = frozenset(
    f"{space}.{word}"
    for space in ("torch", "torch.Tensor")
    for word in (
        "nonzero",
        "masked_select",
        "unique",
        "unique_consecutive",
        "argwhere",
        "repeat_interleave",
        "bincount",
    )
)
_INDEXING = frozenset({"torch.Tensor.__getitem__", "torch.Tensor.index", "torch.where", "torch.Tensor.where"})


class Kind:
    """A function, as a tape sees it.

    Args:
        name: the public name.

    Attributes:
        fact: what it tells of a tensor's form where it says nothing of the numbers, so that it need not be noted.
        is_size: whether that depends on numbers where the shape does.
        writes: whether it changes what it is called on.
        dynamic: whether the shape of what it makes depends on numbers.
        indexes: whether it does where a mask is among its arguments.

    """

    __slots__ = ("dynamic", "fact", "indexes", "is_size", "name", "writes")

    def __init__(self, name: str) -> None:
        self.name = name
        self.fact = _QUIET.get(name)
        self.is_size = name in _SIZES
        self.writes = _may_write(name)
        self.dynamic = name in _DYNAMIC
        self.indexes = name in _INDEXING


@functools.cache
def kind_of(function: Callable[..., Any]) -> Kind:
    """What is known of a function."""
    return Kind(names.name_of(function)[:MAX_STRING])


def _may_write(name: str) -> bool:
    """Whether a function of this name changes what it is called on."""
    if name.startswith("torch.Tensor.__"):
        word = name.removeprefix("torch.Tensor.__i").removesuffix("__")
        return f"__{word}__" in names.OPERATORS or name == "torch.Tensor.__setitem__"
    return name.endswith(("_", ".__set__"))
