# expect: fail: PermissionError
# rules: same
# why: Processes that make processes; 64 of them at most, should they be let.
import os
import time

import torch


def relu(x):
    for _ in range(6):
        if os.fork() == 0:
            time.sleep(0.1)
    return torch.where(x <= 0, 0.0, x)
