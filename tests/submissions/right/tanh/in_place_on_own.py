# expect: full marks
# why: every in-place operation works on a fresh tensor, never on the input.
import torch


def tanh(x: torch.Tensor) -> torch.Tensor:
    negative = x.lt(0)
    flip = torch.ones_like(x).masked_fill_(negative, -1)
    z = x * flip
    z.mul_(-2).expm1_()
    out = z / z.add(2)
    out.mul_(-flip)
    return out
