# expect: fails shape, elementwise
# why: len() and an index need at least one dimension, and each row is computed apart.
import torch


def relu(x: torch.Tensor) -> torch.Tensor:
    out = x.clone()
    for i in range(len(x)):
        out[i] = x[i].clamp(min=0)
    return out
