# expect: full marks
# why: only the entries that are kept are copied into zeros; NaN counts as kept.
import torch


def relu(x: torch.Tensor) -> torch.Tensor:
    keep = ~(x <= 0)
    y = torch.zeros_like(x)
    y[keep] = x[keep]
    return y
