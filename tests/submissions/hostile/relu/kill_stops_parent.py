# expect: fail: PermissionError
# rules: same
# why: A stopped parent starts no more workers and says nothing.
import os
import signal

import torch


def relu(x):
    os.kill(os.getppid(), signal.SIGSTOP)
    return torch.where(x <= 0, 0.0, x)
