# expect: fails device, graph, elementwise
# why: the numbers are taken to Python one by one and computed with math, which neither devices nor gradients survive.
import math

import torch


def tanh(x: torch.Tensor) -> torch.Tensor:
    numbers = []
    for v in x.reshape(-1):
        e = math.exp(2 * float(v))
        numbers.append((e - 1) / (e + 1))
    return torch.tensor(numbers, dtype=x.dtype, device=x.device).reshape(x.shape)
