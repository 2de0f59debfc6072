# expect: fails infinities
# diagnosis: nan-at-infinity
# why: the step is made by dividing x by its magnitude, which is NaN for infinity over infinity.
import torch


def relu(x: torch.Tensor) -> torch.Tensor:
    size = x.abs()
    direction = x / size.masked_fill(size == 0, 1)  # -1, 0 or 1
    step = direction.clamp(min=0).detach()
    return step * x
