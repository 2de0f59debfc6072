# expect: loses gradient-at-zero
# diagnosis: no-gradient-at-zero
# why: sign and abs both have slope 0 at exactly 0 in torch, so the gradient there is 0 instead of 1.
import torch


def tanh(x: torch.Tensor) -> torch.Tensor:
    decay = torch.expm1(-2 * torch.abs(x))
    return -torch.sign(x) * decay / (decay + 2)
