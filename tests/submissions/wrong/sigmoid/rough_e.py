# expect: fails values
# diagnosis: rounded-e, exp-overflows
# why: 2.718 is not e, which costs a thousandth.
import torch

E = 2.718


def sigmoid(x: torch.Tensor) -> torch.Tensor:
    return 1 / (1 + E ** (-x))
