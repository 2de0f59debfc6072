# expect: fails device
# why: the output is allocated on the CPU by name.
import torch


def tanh(x: torch.Tensor) -> torch.Tensor:
    out = torch.zeros(x.shape, dtype=x.dtype, device="cpu")
    m = torch.expm1(-2 * x)
    return out - m / (m + 2)
