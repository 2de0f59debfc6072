# expect: fails gradients
# why: the sign carries no gradient and the magnitude was detached, so nothing is left but a factor of 0.
import torch


def tanh(x: torch.Tensor) -> torch.Tensor:
    z = torch.exp(-2 * x.abs()).detach()
    return x.sign() * (1 - z) / (1 + z)
