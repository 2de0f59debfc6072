# expect: fails precision, accuracy
# diagnosis: float32-inside, exp-overflows
# why: float64 input is computed in float32, so only seven digits are right although the dtype is.
import torch


def sigmoid(x: torch.Tensor) -> torch.Tensor:
    x32 = x.to(torch.float32)
    s = 1 / (1 + torch.exp(-x32))
    return s.to(x.dtype)
