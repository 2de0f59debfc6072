# expect: fail: MemoryError
# rules: same
# why: A text of 64 GB.
import torch


def relu(x):
    "x" * (64 << 30)
    return torch.where(x <= 0, 0.0, x)
