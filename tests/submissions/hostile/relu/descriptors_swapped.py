# expect: crash or fail: PermissionError | ended the process | status | closed
# rules: same
# why: The connection becomes standard output.
import os

import torch


def relu(x):
    os.dup2(1, 3)
    return torch.where(x <= 0, 0.0, x)
