# expect: fails gradient-at-zero
# diagnosis: no-gradient-at-zero
# why: the case x = 0 is added as one half of a mask, so neither side's slope reaches it.
import torch


def sigmoid(x: torch.Tensor) -> torch.Tensor:
    dt = x.dtype
    z = torch.exp(-torch.abs(x))
    positive = (x > 0).to(dt) / (1 + z)
    negative = (x < 0).to(dt) * z / (1 + z)
    zero = (x == 0).to(dt) * 0.5
    return positive + negative + zero
