# expect: fails accuracy
# why: below 1e-5 the input is returned as it is, although its cube still counts in float64.
import torch


def tanh(x: torch.Tensor) -> torch.Tensor:
    tiny = x.abs() < 1e-5
    e = torch.expm1(2 * x)
    return torch.where(tiny, x, e / (e + 2))
