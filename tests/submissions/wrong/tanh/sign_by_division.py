# expect: fails infinities
# why: the sign is x / |x|, guarded at 0 but NaN for infinity over infinity.
import torch


def tanh(x: torch.Tensor) -> torch.Tensor:
    size = torch.abs(x)
    sign = x / torch.where(size == 0, torch.ones_like(size), size)
    z = torch.exp(-2 * size)
    return sign * (1 - z) / (1 + z)
