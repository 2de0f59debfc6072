# expect: crash: frame too large
# rules: same
# why: Says that 8 GB follow.
import os

import torch


def relu(x):
    os.write(3, b"\xff" * 8)
    return torch.where(x <= 0, 0.0, x)
