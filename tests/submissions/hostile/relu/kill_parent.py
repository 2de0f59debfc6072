# expect: fail: PermissionError
# rules: same
# why: Kills the process that starts the workers.
import os
import signal

import torch


def relu(x):
    os.kill(os.getppid(), signal.SIGKILL)
    return torch.where(x <= 0, 0.0, x)
