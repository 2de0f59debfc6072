# expect: fail: PermissionError
# rules: same
# why: Kills all that it may.
import os
import signal

import torch


def relu(x):
    os.kill(-1, signal.SIGKILL)
    return torch.where(x <= 0, 0.0, x)
