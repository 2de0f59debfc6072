# expect: fails accuracy
# why: numbers too small to matter are set to 0.
import torch


def tanh(x: torch.Tensor) -> torch.Tensor:
    decay = torch.expm1(-2 * x.abs())
    y = torch.sign(x) * -decay / (2 + decay)
    return y.masked_fill(y.abs() < 2e-5, 0.0)
