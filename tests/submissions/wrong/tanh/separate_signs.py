# expect: fails gradient-at-zero
# diagnosis: no-gradient-at-zero, nan-swallowed
# why: positive and negative entries are filled in and the zeros left as the constants that they were.
import torch


def tanh(x: torch.Tensor) -> torch.Tensor:
    out = torch.zeros_like(x)
    pos, neg = x > 0, x < 0
    p = torch.expm1(-2 * x[pos])
    out[pos] = -p / (p + 2)
    n = torch.expm1(2 * x[neg])
    out[neg] = n / (n + 2)
    return out
