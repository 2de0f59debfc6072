# expect: fails precision
# diagnosis: rounded-e, exp-overflows
# why: e typed with ten digits is good enough for float32 only.
import torch

EULER = 2.7182818285


def sigmoid(x: torch.Tensor) -> torch.Tensor:
    power = torch.pow(EULER, x)
    return power / (power + 1)
