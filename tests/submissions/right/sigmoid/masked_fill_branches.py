# expect: full marks
# why: masked_fill silences the entries that the other branch handles before the exponential sees them.
import torch


def sigmoid(x: torch.Tensor) -> torch.Tensor:
    is_neg = x < 0
    upper = torch.reciprocal(1 + torch.exp(-x.masked_fill(is_neg, 0.0)))
    t = torch.exp(x.masked_fill(~is_neg, 0.0))
    lower = t * torch.reciprocal(1 + t)
    return upper.masked_fill(is_neg, 0.0) + lower.masked_fill(~is_neg, 0.0)
