# expect: crash: no answer
# rules: same
# why: Gigabytes into the connection.
import os

import torch


def relu(x):
    for _ in range(1 << 16):
        os.write(3, bytes(1 << 20))
    return torch.where(x <= 0, 0.0, x)
