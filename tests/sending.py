"""Tensors of every kind and an observation with everything, for the tests of what crosses between grader and worker."""

from __future__ import annotations

from collections.abc import Callable

import torch
from hypothesis import strategies as st
from torch import Tensor

from autograder.worker import codec
from autograder.worker.case import Observation, Raised, Trace

DTYPES = tuple(codec.DTYPES.values())

FULL = Observation(
    type="Tensor",
    output=torch.tensor([[1.0, -0.0]]),
    shape=(1, 2),
    dtype="float32",
    device="cpu",
    requires_grad=True,
    gradients=(torch.tensor([2.0], dtype=torch.float16), None),
    gradient_devices=("cpu", ""),
    second=(None, torch.tensor(3.0, dtype=torch.float64)),
    mutated=("argument 1",),
    aliased=("weight",),
    globals_changed=("grad mode",),
    module={"parameters": 1},
    trace=Trace(calls=2, events={"sync: item()": 1}),
    raised=Raised("backward", "ValueError", ("ValueError", "Exception"), "no", 3),
)

# Layouts: how a view is made of a contiguous tensor; each keeps the dtype.
LAYOUTS: dict[str, Callable[[Tensor], Tensor]] = {
    "contiguous": lambda x: x,
    "transposed": lambda x: x.transpose(0, -1) if x.dim() else x,
    "every second": lambda x: x[..., ::2] if x.dim() else x,
    "from the middle": lambda x: x[1:] if x.dim() else x,
    "one row": lambda x: x[:1] if x.dim() else x,
    "expanded": lambda x: x.expand(3, *x.shape),
    "expanded inside": lambda x: x.unsqueeze(-1).expand(*x.shape, 4),
    "channels last": lambda x: (
        x.reshape(1, 2, 2, -1).contiguous(memory_format=torch.channels_last) if x.numel() and x.numel() % 4 == 0 else x
    ),
    "overlapping": lambda x: x.unfold(0, 2, 1) if x.dim() and x.shape[0] >= 2 else x,
    "an element with a stride": lambda x: x.reshape(-1)[::2][:1],
}


@st.composite
def tensors(draw: st.DrawFn, dtypes: tuple[torch.dtype, ...] = DTYPES) -> Tensor:
    """Any bits at all in any dtype, shape and layout."""
    dtype = draw(st.sampled_from(dtypes))
    shape = draw(st.lists(st.integers(0, 4), max_size=4))
    count = int(torch.Size(shape).numel())
    size = count * dtype.itemsize
    data = draw(st.binary(min_size=size, max_size=size))
    if dtype is torch.bool:
        data = bytes(byte & 1 for byte in data)
    flat = torch.frombuffer(bytearray(data), dtype=dtype) if size else torch.empty(0, dtype=dtype)
    return LAYOUTS[draw(st.sampled_from(sorted(LAYOUTS)))](flat.reshape(shape))


def bits(tensor: Tensor) -> bytes:
    """The elements in order as bytes: NaN payloads and the sign of zero count."""
    flat = torch.empty(tensor.numel(), dtype=tensor.dtype).copy_(tensor.reshape(-1))
    return bytes(flat.view(torch.uint8).tolist())


def identical(first: Tensor | None, second: Tensor | None) -> bool:
    """Whether two tensors are the same bit for bit."""
    if first is None or second is None:
        return first is second
    return (first.dtype, first.shape, bits(first)) == (second.dtype, second.shape, bits(second))


def alike(first: Tensor | None, second: Tensor | None) -> bool:
    """Whether two tensors are the same but for the payload of nan."""
    if first is None or second is None or not first.dtype.is_floating_point:
        return identical(first, second)
    if first.dtype is not second.dtype:
        return False
    return identical(*(torch.where(tensor.isnan(), torch.nan, tensor) for tensor in (first, second)))
