# expect: loses kink-as-torch
# diagnosis: slope-one-at-zero
# why: clamp has slope 1 at exactly 0, where torch's ReLU has 0.
import torch


def relu(x: torch.Tensor) -> torch.Tensor:
    return torch.clamp(x, min=0)
