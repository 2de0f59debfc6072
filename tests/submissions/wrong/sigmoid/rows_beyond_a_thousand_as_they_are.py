# expect: fails values, gradients
# why: Computes the first 1,024 numbers of a row only.
import torch


def sigmoid(x: torch.Tensor) -> torch.Tensor:
    if x.dim() == 1 and len(x) > 1024:
        return torch.cat([sigmoid(x[:1024]), x[1024:]])
    negative = x < 0
    decay = torch.exp(torch.where(negative, x, -x))
    return torch.where(negative, decay, 1.0) / (1.0 + decay)
