# expect: crash: the file cannot be loaded: MemoryError
# rules: same
# why: 16 GB before there is a function.
import torch

table = bytearray(16 << 30)


def relu(x):
    return torch.where(x <= 0, 0.0, x)
