# expect: fails layout
# why: an output allocated with the strides of an expanded input has several elements in one place.
import torch


def tanh(x: torch.Tensor) -> torch.Tensor:
    out = torch.empty_strided(x.size(), x.stride(), dtype=x.dtype, device=x.device)
    out.copy_(1 - 2 / (torch.exp(2 * x) + 1))
    return out
