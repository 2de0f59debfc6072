# expect: fail: status
# rules: same
# why: A shell by the function of C, which raises nothing: its status tells.
import os

import torch


def relu(x):
    status = os.system("echo out > @folder@/system")
    if status:
        raise RuntimeError(f"status {status}")
    return torch.where(x <= 0, 0.0, x)
