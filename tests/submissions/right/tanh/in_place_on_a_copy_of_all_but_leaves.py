# expect: full marks
# why: Works in place on memory of its own, whether its input is a leaf or not.
import torch


def tanh(x: torch.Tensor) -> torch.Tensor:
    negative = x < 0
    drop = torch.where(negative, x, -x).mul_(2.0).expm1_()
    return torch.where(negative, drop, -drop).div_(drop + 2.0)
