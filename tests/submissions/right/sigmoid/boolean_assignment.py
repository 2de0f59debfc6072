# expect: full marks
# why: each half of the numbers is computed with the formula that cannot overflow for it and written to its place.
import torch


def sigmoid(x: torch.Tensor) -> torch.Tensor:
    out = torch.empty_like(x)
    pos = x >= 0
    neg = ~pos  # NaN lands here and stays NaN
    out[pos] = 1.0 / (1.0 + (-x[pos]).exp())
    e = x[neg].exp()
    out[neg] = e / (1.0 + e)
    return out
