# expect: fails device
# why: the base of the power is a tensor with one dimension that stays on the CPU.
import math

import torch

BASE = torch.tensor([math.e], dtype=torch.float64)


def tanh(x: torch.Tensor) -> torch.Tensor:
    grow = torch.pow(BASE.to(x.dtype), x.reshape(-1)).reshape(x.shape)
    shrink = 1 / grow
    return (grow - shrink) / (grow + shrink)
