# expect: crash: the file cannot be loaded: PermissionError
# rules: same
# why: A process before there is a function.
import os

import torch

if os.fork() == 0:
    os._exit(0)


def relu(x):
    return torch.where(x <= 0, 0.0, x)
