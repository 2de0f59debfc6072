# expect: fails dtype
# why: the mask is made float32 and promotes half inputs.
import torch


def relu(x: torch.Tensor) -> torch.Tensor:
    mask = (x > 0).float()
    return mask * x
