# expect: loses kink-as-torch
# diagnosis: slope-one-at-zero
# why: only strictly negative entries are filled, so 0 keeps its slope of 1.
import torch


def relu(x: torch.Tensor) -> torch.Tensor:
    return x.masked_fill(x < 0, 0)
