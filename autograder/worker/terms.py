"""Words of a program: the dtypes and layouts that it may name, and why a call cannot be told as one."""

from __future__ import annotations

from enum import StrEnum

import torch

DTYPES = {
    str(dtype).removeprefix("torch."): dtype
    for dtype in (
        *(torch.float64, torch.float32, torch.bfloat16, torch.float16),
        *(torch.int64, torch.int32, torch.int16, torch.int8, torch.uint8, torch.bool),
        *(torch.uint16, torch.uint32, torch.uint64),
        *(torch.float8_e4m3fn, torch.float8_e5m2),
    )
}
LAYOUTS = {
    str(item).removeprefix("torch."): item
    for item in (
        *(torch.strided, torch.contiguous_format, torch.preserve_format),
        *(torch.channels_last, torch.channels_last_3d),
    )
}


class Refused(StrEnum):
    """Why a call cannot be told as a program."""

    OUTSIDE = "outside"  # numbers that no recorded call made
    COMPLEX = "complex"
    NUMPY = "numpy"
    CALLBACK = "callback"  # a Python function handed to torch
    ARGUMENT = "argument"  # anything else that is no plain data
    TRANSFORM = "transform"  # vmap, torch.func
