# expect: full marks
# why: sigmoid is exp of minus softplus(-x), and softplus is split into max and log1p so that nothing overflows.
import torch


def _softplus(t: torch.Tensor) -> torch.Tensor:
    # log(1 + e^t) = max(t, 0) + log(1 + e^-|t|)
    return torch.maximum(t, torch.zeros_like(t)) + torch.log1p(torch.exp(-torch.abs(t)))


def sigmoid(x: torch.Tensor) -> torch.Tensor:
    return torch.exp(-_softplus(-x))
