# expect: loses stable-gradients, accuracy
# diagnosis: exp-overflows
# why: one minus a number close to one cancels in the left tail, and exp(x) overflows in the gradient for large x.
import torch


def sigmoid(x: torch.Tensor) -> torch.Tensor:
    prob_of_zero = 1 / (1 + torch.exp(x))
    return 1 - prob_of_zero
