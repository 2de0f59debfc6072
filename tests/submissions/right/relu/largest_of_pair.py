# expect: loses kink-as-torch
# diagnosis: slope-half-at-zero
# why: amax over the pair (x, 0) shares the gradient at the tie.
import torch


def relu(x: torch.Tensor) -> torch.Tensor:
    return torch.stack((x, torch.zeros_like(x)), dim=-1).amax(dim=-1)
