# expect: fails purity
# why: abs_ overwrites the caller's tensor with its magnitudes.
import torch


def tanh(x: torch.Tensor) -> torch.Tensor:
    sign = x.sign()
    z = torch.exp(x.abs_() * -2)
    return sign * (1 - z) / (1 + z)
