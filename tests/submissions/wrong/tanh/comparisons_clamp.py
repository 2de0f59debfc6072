# expect: fails nan
# why: NaN passes neither comparison of the hand-made clamp and takes its last value.
import torch


def tanh(x: torch.Tensor) -> torch.Tensor:
    limit = torch.full_like(x, 9.0 if x.dtype == torch.float16 else 30.0)
    x = torch.where(x > -limit, x, -limit)
    x = torch.where(x < limit, x, limit)
    return torch.sinh(x) / torch.cosh(x)
