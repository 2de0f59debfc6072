# expect: fails precision
# why: the base is changed to 2 with log2(e) typed to ten digits.
import torch

LOG2_E = 1.442695041


def tanh(x: torch.Tensor) -> torch.Tensor:
    e = torch.exp2(2 * LOG2_E * x)
    return 1 - 2 / (e + 1)
