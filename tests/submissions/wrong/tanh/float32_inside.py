# expect: fails precision, accuracy
# why: an intermediate tensor is made without a dtype, so float64 input is rounded to float32 on the way.
import torch


def tanh(x: torch.Tensor) -> torch.Tensor:
    work = torch.empty(x.shape, device=x.device).copy_(x)
    q = torch.exp(-2 * work.abs())
    return (work.sign() * (1 - q) / (1 + q)).to(x.dtype)
