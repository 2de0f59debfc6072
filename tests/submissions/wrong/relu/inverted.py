# expect: fails laws, values
# why: both signs are turned round, so the ramp falls from the left.
import torch


def relu(x: torch.Tensor) -> torch.Tensor:
    minus = -x
    return minus.clamp_min(0)
