# expect: fails laws, values
# why: the threshold is also subtracted from what passes, as in soft shrinkage, and negative inputs pass as well.
import torch

THRESHOLD = 0.5


def relu(x: torch.Tensor) -> torch.Tensor:
    passed = torch.abs(x) > THRESHOLD
    return passed * (x - THRESHOLD * torch.sign(x))
