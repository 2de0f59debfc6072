# expect: fails graph
# why: a copy of the input is made to require gradients even where nobody asked for them.
import torch


def relu(x: torch.Tensor) -> torch.Tensor:
    tracked = x.clone()
    if not tracked.requires_grad:
        tracked = tracked.requires_grad_(True)
    return tracked.clamp_min(0)
