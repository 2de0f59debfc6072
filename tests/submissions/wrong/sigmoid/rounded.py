# expect: fails values, gradients
# why: rounding to four places to match the worked example loses the digits and the gradient.
import torch


def sigmoid(x: torch.Tensor) -> torch.Tensor:
    s = (1 + (-x).exp()).reciprocal()
    # the task shows 0.2689, 0.5000, 0.7311
    return torch.round(s * 10000) / 10000
