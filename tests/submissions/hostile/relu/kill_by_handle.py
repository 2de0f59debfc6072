# expect: fail: PermissionError
# rules: same
# why: A handle on a process instead of its number.
import os
import signal

import torch


def relu(x):
    signal.pidfd_send_signal(os.pidfd_open(os.getppid()), signal.SIGKILL)
    return torch.where(x <= 0, 0.0, x)
