# expect: loses kink-as-torch, nan
# diagnosis: slope-one-at-zero, nan-swallowed
# why: fmax prefers the number over NaN and gives the whole slope to its first argument at 0.
import torch


def relu(x: torch.Tensor) -> torch.Tensor:
    return torch.fmax(x, torch.zeros_like(x))
