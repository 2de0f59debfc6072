# expect: fails layout
# why: zeros_like keeps the strides of a transposed input, and such an output cannot be viewed flat.
import torch


def sigmoid(x: torch.Tensor) -> torch.Tensor:
    out = torch.zeros_like(x)
    values = x.reshape(-1)
    out.view(-1)[:] = 1 / (1 + torch.exp(-values))
    return out
