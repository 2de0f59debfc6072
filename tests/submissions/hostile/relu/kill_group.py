# expect: fail or crash: PermissionError | SIGTERM
# rules: same
# why: Kills the group that it is in.
import os
import signal

import torch


def relu(x):
    os.killpg(0, signal.SIGTERM)
    return torch.where(x <= 0, 0.0, x)
