# expect: fails laws, values
# why: the magnitude's answer is returned without giving the sign back.
import torch


def tanh(x: torch.Tensor) -> torch.Tensor:
    q = torch.exp(-2 * torch.abs(x))
    return (1 - q) / (1 + q)
