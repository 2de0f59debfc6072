"""Answer a few requests in the zygote, about a file of our own, so that no worker does anything for the first time.

What a worker inherits then: torch's and Python's late imports and caches, code that Python has specialised, and memory
that the allocators can hand out again. It is half of what its first fifty cases would take.
"""

from __future__ import annotations

import linecache
import sys
from dataclasses import replace

import torch

from autograder.worker import codec
from autograder.worker.case import SIMULATED, Case
from autograder.worker.serve import Servant

_TIMES = 12  # Python specialises code that has run eight times
_NAME = "rehearsal.py"
_SOURCE = b"""
import torch
from torch import nn

def function(x, y, weight=None, reduction="mean"):
    if reduction not in ("mean", "none"):
        raise ValueError(f"reduction={reduction!r}")
    z = torch.where(x > 0, x, torch.exp(x) / (1 + torch.exp(-x.abs())).log1p()) + x.clamp(min=0) * 2
    z = z - z.amax(-1, keepdim=True) - y.unsqueeze(-1) * x.sum(-1, keepdim=True)
    return z.mean() if reduction == "mean" else z
"""


def rehearse(*, accelerator: bool, thoroughly: bool = False) -> None:
    """Load and observe, on the CPU and, if there is one here, on the simulated accelerator.

    An ordinary backward pass must have come before the accelerator was registered, or autograd starts a thread for it.

    Args:
        accelerator: whether it has been registered.
        thoroughly: so often that Python has specialised the code, and with second gradients, some of which import
            sympy.

    """
    for tensor in _printed():
        f"{tensor} {tensor!r}"  # torch imports what formats a tensor when the first one is formatted
    servant = Servant()
    servant.answer({"id": 0, "op": "load", "file": _NAME, "symbol": "function", "kind": "function"}, _SOURCE)
    found = _cases(accelerator=accelerator)
    cases = codec.encode_cases([case for case in found if thoroughly or not case.second])
    for _ in range(_TIMES if thoroughly else 1):
        told, texts = servant.answer({"id": 0, "op": "record"}, cases)
        replay = {"id": 0, "op": "replay", "seed": 0, "room": 1 << 20, "of": told["cases"], "claims": told["claims"]}
        servant.answer(replay | {"programs": texts.decode().split("\n")}, cases)
    del sys.modules["submission"]
    linecache.cache.pop(f"<submission>/{_NAME}")


def _printed() -> list[torch.Tensor]:
    """A tensor for each way in which torch formats one: a ``print(x)`` left in a right answer must cost nothing."""
    x = torch.tensor([1.5, -2e9, float("inf"), float("nan")])
    found = [x.to(dtype) for dtype in codec.DTYPES.values()]
    found += [x[0], x[:0], x[:0].reshape(2, 0, 3), torch.arange(1001.0), torch.ones(40, 30, requires_grad=True)]
    return [*found, found[-1] * 2, torch.nn.Parameter(x), x.reshape(2, 1, 2, 1).expand(2, 3, 2, 1), x.to("meta")]


def _cases(*, accelerator: bool) -> list[Case]:
    x, y = torch.linspace(-2, 2, 12).reshape(4, 3), torch.linspace(0, 1, 4)
    plain = Case((x, y), wrt=(0,), cotangent=torch.ones(()))
    loose = replace(plain, kwargs={"weight": x[0], "reduction": "none"}, cotangent=torch.ones(4, 3))
    strided = replace(loose, args=(x.repeat_interleave(2, 1)[:, ::2], y))
    found = [plain, loose, strided, replace(plain, wrt=(), cotangent=None, watch=True)]
    found += [replace(plain, second=(torch.ones(4, 3),)), replace(plain, kwargs={"reduction": "no such"})]
    found += [replace(plain, trace=True), replace(plain, grad_enabled=False, default_dtype=torch.float64)]
    found += [
        replace(plain, args=tuple(arg.to(dtype) for arg in (x, y)))
        for dtype in codec.DTYPES.values()
        if dtype.is_floating_point
    ]
    if accelerator:
        found += [replace(case, device=SIMULATED, trace=True) for case in (plain, loose)]
    return found
