# expect: crash: the file cannot be loaded: PermissionError
# rules: same
# why: The same before there is a function.
import os
import signal

import torch

os.kill(os.getppid(), signal.SIGKILL)


def relu(x):
    return torch.where(x <= 0, 0.0, x)
