# expect: full marks
# why: expm1 of min(x, 0) and of -max(x, 0) are bounded; their difference over their sum is tanh, with both halves of the slope at 0.
import torch


def tanh(x: torch.Tensor) -> torch.Tensor:
    zero = torch.zeros_like(x)
    u = torch.expm1(2 * torch.minimum(x, zero))
    v = torch.expm1(-2 * torch.maximum(x, zero))
    return (u - v) / (2 + u + v)
