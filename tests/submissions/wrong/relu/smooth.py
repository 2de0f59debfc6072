# expect: fails values, gradients
# why: log(1 + e^x) is the smooth relative of ReLU.
import torch


def relu(x: torch.Tensor) -> torch.Tensor:
    # avoids the kink at zero
    return torch.log1p(torch.exp(-x.abs())) + x.clamp(min=0)
