# expect: fails values
# diagnosis: missing-parentheses, exp-overflows
# why: without parentheses only the 1 is divided by 1.
import torch


def sigmoid(x: torch.Tensor) -> torch.Tensor:
    return 1 / 1 + torch.exp(-x)
