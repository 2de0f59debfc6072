# expect: fails second-gradients
# why: a detached value plus slope times (x - x) has the right first derivative and none after it.
import torch


def sigmoid(x: torch.Tensor) -> torch.Tensor:
    with torch.no_grad():
        s = 1 / (1 + torch.exp(-x))
        slope = s * (1 - s)
    # d/dx of the second term is the derivative of the sigmoid
    return s + slope * (x - x.detach())
