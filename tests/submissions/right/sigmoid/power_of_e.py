# expect: loses stable-gradients
# diagnosis: exp-overflows
# why: e to the power -x is the textbook formula with another spelling, with the same overflow in its gradient.
import math

import torch


def sigmoid(x: torch.Tensor) -> torch.Tensor:
    return (1 + math.e ** (-x)) ** -1
