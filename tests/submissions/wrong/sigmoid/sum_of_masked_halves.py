# expect: fails nan
# diagnosis: nan-swallowed
# why: the two masked halves start as zeros, and NaN falls through both.
import torch


def sigmoid(x: torch.Tensor) -> torch.Tensor:
    out = torch.zeros_like(x)
    for mask, sign in ((x >= 0, 1), (x < 0, -1)):
        e = torch.exp(-sign * x[mask])
        out[mask] = 1 / (1 + e) if sign == 1 else e / (1 + e)
    return out
