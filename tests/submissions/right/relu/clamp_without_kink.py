# expect: full marks
# why: clamp passes a slope of 1 at 0, and the factor x != 0 takes it away without touching NaN or infinity.
import torch


def relu(x: torch.Tensor) -> torch.Tensor:
    # d/dx clamp(x, min=0) is 1 at x = 0; by convention we want 0 there
    return x.clamp(min=0) * (x != 0)
