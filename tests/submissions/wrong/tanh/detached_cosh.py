# expect: fails gradients
# why: the hyperbolic cosine is detached "to save memory", so half of the quotient rule is missing.
import torch


def tanh(x: torch.Tensor) -> torch.Tensor:
    cosh = torch.cosh(x.detach())
    return torch.sinh(x) / cosh
