# expect: fails gradients
# why: the correction for negative inputs is detached, so they keep the gradient of the identity.
import torch


def relu(x: torch.Tensor) -> torch.Tensor:
    negative_part = torch.clamp(x, max=0)
    return x - negative_part.detach()
