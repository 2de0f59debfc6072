# expect: crash: no answer
# rules: same
# why: Bytes that mean nothing.
import os

import torch


def relu(x):
    os.write(3, b"\xff\xfe garbage " * 20)
    return torch.where(x <= 0, 0.0, x)
