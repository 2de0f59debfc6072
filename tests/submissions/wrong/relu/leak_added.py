# expect: fails values, gradients
# diagnosis: leaky
# why: a fifth of the negative part is added back so that no unit dies.
import torch


def relu(x: torch.Tensor) -> torch.Tensor:
    positive = x.masked_fill(x <= 0, 0)
    negative = x.masked_fill(x > 0, 0)
    return positive + 0.2 * negative
