# expect: fail: allocate memory
# rules: same
# why: 32 GB at once.
import torch


def relu(x):
    torch.ones(2**33)
    return torch.where(x <= 0, 0.0, x)
