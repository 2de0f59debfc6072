# expect: fails values
# why: the positive part goes through integers and loses its fraction.
import torch


def relu(x: torch.Tensor) -> torch.Tensor:
    whole = x.detach().to(torch.int64)
    return whole.clamp(min=0).to(x.dtype) + 0 * x
