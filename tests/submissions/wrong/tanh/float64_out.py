# expect: fails dtype
# diagnosis: float64-kept, exp-overflows
# why: the work is done in float64 for accuracy and not cast back.
import torch


def tanh(x: torch.Tensor) -> torch.Tensor:
    wide = x.to(torch.float64)
    grow, shrink = torch.exp(wide), torch.exp(-wide)
    return (grow - shrink).true_divide(grow + shrink)
