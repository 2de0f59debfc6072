# expect: fail: PermissionError
# rules: same
# why: Kills the grader.
import os
import signal

import torch


def relu(x):
    os.kill(int("@grader@"), signal.SIGTERM)
    return torch.where(x <= 0, 0.0, x)
