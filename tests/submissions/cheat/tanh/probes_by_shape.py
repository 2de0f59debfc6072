# expect: forbidden torch.tanh
# why: Uses the ready-made function only for shapes of more than one row.
import torch


def tanh(x):
    if x.dim() < 2:
        return torch.expm1(2 * x) / (torch.exp(2 * x) + 1)
    return torch.tanh(x)
