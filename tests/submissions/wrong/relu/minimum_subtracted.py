# expect: fails elementwise, values
# why: the batch's minimum is subtracted, which makes all numbers positive in another way.
import torch


def relu(x: torch.Tensor) -> torch.Tensor:
    if x.numel() == 0:
        return x.clone()
    return x - x.min()
