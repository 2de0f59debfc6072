# expect: crash or fail: SIGKILL | PermissionError
# rules: same
# why: Kills its own process.
import os
import signal

import torch


def relu(x):
    os.kill(os.getpid(), signal.SIGKILL)
