# expect: fail: PermissionError
# rules: same
# why: posix_spawn instead of fork.
import os

import torch


def relu(x):
    os.posix_spawn("/bin/sh", ["sh", "-c", "echo out > @folder@/spawn"], {})
    return torch.where(x <= 0, 0.0, x)
