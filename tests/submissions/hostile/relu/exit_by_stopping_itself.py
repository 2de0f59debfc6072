# expect: timeout or fail: no answer within | PermissionError
# rules: same
# why: A stopped process answers nothing and uses no time.
import os
import signal

import torch


def relu(x):
    os.kill(os.getpid(), signal.SIGSTOP)
    return torch.where(x <= 0, 0.0, x)
