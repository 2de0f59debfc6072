"""Numbers, shapes and layouts that cases are drawn from."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

import torch
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy
from torch import Tensor

from autograder.strategies.sweeps import floor_of

DTYPES = (torch.float64, torch.float32, torch.bfloat16, torch.float16)

DTYPES_AND_DEFAULTS = (*((dtype, torch.float32) for dtype in DTYPES), (torch.float32, torch.float64))
"""Dtypes of a case under torch's default dtypes: a constant made with the default one shows where the two differ."""

POINTS = (1.0, -1.0, 2.0, -2.0, 0.5, -0.5, 0.0, 3.0, -3.0, 5.0, -5.0, 10.0, -10.0, 20.0, -20.0)
"""Readable inputs that come first: alone they find 92 of 100 wrong activations."""

_EIGHTHS = 8


def domain(dtype: torch.dtype) -> float:
    """The largest |x| of the core domain; in float16 exp overflows at 11.09 and exp(2x) at 5.55."""
    return 5.0 if dtype is torch.float16 else 20.0


def points(dtype: torch.dtype) -> tuple[float, ...]:
    """The readable points of a dtype's core domain."""
    return tuple(point for point in POINTS if abs(point) <= domain(dtype))


def numbers(largest: float, dtype: torch.dtype = torch.float64) -> SearchStrategy[SearchStrategy[float]]:
    """A strategy for the kind of numbers in one tensor: eighths, or any 32-bit floats; |x| up to ``largest``.

    Kinds are mixed between tensors, not within one: a choice for every element costs twice the time.
    """
    floor = floor_of(dtype)
    steps = int(largest * _EIGHTHS)
    eighths = st.integers(-steps, steps).map(lambda step: step / _EIGHTHS)
    floats = st.floats(-largest, largest, width=32, allow_subnormal=False)
    return st.sampled_from([eighths, floats.map(lambda value: value if abs(value) >= floor else 0.0)])


def shapes(*, most_dims: int = 3, most_side: int = 4) -> SearchStrategy[tuple[int, ...]]:
    """Shapes without an empty side, the scalar first."""
    return st.lists(st.integers(1, most_side), max_size=most_dims).map(tuple)


def tensors(
    shape: tuple[int, ...], kind: SearchStrategy[float], dtype: torch.dtype = torch.float64
) -> SearchStrategy[Tensor]:
    """Tensors of one shape, drawn element by element so that they shrink to readable ones."""
    count = math.prod(shape)
    return st.lists(kind, min_size=count, max_size=count).map(
        lambda values: torch.tensor(values, dtype=torch.float64).reshape(shape).to(dtype)
    )


def cotangents(shape: tuple[int, ...], dtype: torch.dtype) -> SearchStrategy[Tensor]:
    """Vectors for a vector-Jacobian product: quarters from -2 to 2, simplest all ones."""
    quarters = st.sampled_from([1.0, -1.0, 0.5, 2.0, -0.5, -2.0, 0.25, 1.5, -1.5])
    return tensors(shape, quarters, dtype)


def incoming(like: Tensor) -> Tensor:
    """A fixed cotangent: ones in float64, which read most easily, and -2 in the other dtypes.

    A backward pass that forgets to multiply, or lets positive gradients through only, is right with ones.
    """
    return torch.full_like(like, 1.0 if like.dtype is torch.float64 else -2.0)


def pattern(shape: tuple[int, ...], dtype: torch.dtype = torch.float64, start: float = -2.0) -> Tensor:
    """A fixed tensor of different readable numbers of both signs without 0, for probes about form, not numbers."""
    count = math.prod(shape)
    steps = 5 * torch.arange(count, dtype=torch.float64) % 13  # 5: even three numbers are of both signs
    return (start + 0.375 * steps + 0.0625).reshape(shape).to(dtype)


# Modes --------------------------------------------------------------------------------------------------------------

MODES: Mapping[str, Mapping[str, Any]] = {
    "with": {},
    "after a layer": {"leaf": False},
    "no_grad": {"grad_enabled": False},
    "inference": {"inference": True},
}
"""How a network calls a function: on a leaf, on what a layer has made, for validation, and for good; fields of Case."""

ONCE = "once"
"""Label of a watched call that is by itself."""


# Layouts ------------------------------------------------------------------------------------------------------------


def _transposed(x: Tensor) -> Tensor:
    return x.transpose(0, -1).contiguous().transpose(0, -1)


def _strided(x: Tensor) -> Tensor:
    wide = torch.stack([x, torch.full_like(x, 7.0) if x.is_floating_point() else torch.zeros_like(x)], -1)
    return wide[..., 0]


def _expanded(x: Tensor) -> Tensor:
    return x[:1].expand(x.shape)


def _expanded_last(x: Tensor) -> Tensor:
    return x[..., :1].expand(x.shape)


def _channels_last(x: Tensor) -> Tensor:
    return x.contiguous(memory_format=torch.channels_last) if x.dim() == 4 else _transposed(x)


def _column(x: Tensor) -> Tensor:
    """Every second row of a larger tensor."""
    return torch.repeat_interleave(x, 2, dim=0)[::2]


LAYOUTS: Mapping[str, Callable[[Tensor], Tensor]] = {
    "transposed": _transposed,
    "strided": _strided,
    "expanded": _expanded,
    "expanded last": _expanded_last,
    "channels last": _channels_last,
    "every second row": _column,
}
"""Views with the same shape and other strides; all take tensors of at least one dimension."""


OFFSET = 3
"""How far into its memory a slice begins in a case, such as ``batch[1:]`` of rows of three."""


def laid_out(name: str, x: Tensor) -> tuple[Tensor, int]:
    """A tensor in a layout, and its offset: "plain", "offset", or one of `LAYOUTS` where it has dimensions for it."""
    if name == "offset":
        return x, OFFSET
    return (LAYOUTS[name](x) if name in LAYOUTS and x.dim() and x.numel() else x), 0
