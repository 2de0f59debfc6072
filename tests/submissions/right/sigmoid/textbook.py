# expect: loses stable-gradients
# diagnosis: exp-overflows
# why: exp(-x) overflows for very negative x; the value is still 0 but the gradient is 0 times infinity.
import torch


def sigmoid(x: torch.Tensor) -> torch.Tensor:
    return 1 / (1 + torch.exp(-x))
