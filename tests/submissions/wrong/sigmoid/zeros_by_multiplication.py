# expect: fails infinities
# diagnosis: nan-at-infinity
# why: 0 * x makes zeros for every finite x, but NaN for infinities.
import torch


def sigmoid(x: torch.Tensor) -> torch.Tensor:
    zero = 0 * x
    top = torch.exp(torch.minimum(x, zero))
    return top / (top + torch.exp(torch.minimum(-x, zero)))
