# expect: fails purity
# why: a detached tensor shares memory with the input, so clamping it in place clamps the caller's numbers.
import torch


def sigmoid(x: torch.Tensor) -> torch.Tensor:
    y = 1 / (1 + torch.exp(-x))
    # keep the extreme inputs from hurting later layers
    x.detach().clamp_(-1.0, 1.0)
    return y
