# expect: loses infinities
# diagnosis: nan-at-infinity
# why: minus infinity times 0 is NaN.
import torch


def relu(x: torch.Tensor) -> torch.Tensor:
    return x * (x > 0)
