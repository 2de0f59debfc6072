# expect: fail: PermissionError
# rules: same
# why: A file in memory, past the limit on files and on the address space.
import os

import torch


def relu(x):
    os.write(os.memfd_create("hostile"), bytes(1 << 20))
    return torch.where(x <= 0, 0.0, x)
