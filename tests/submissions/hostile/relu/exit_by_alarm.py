# expect: crash or fail: SIGALRM | Operation not permitted
# rules: same
# why: A timer kills the process at some time, perhaps in the grader's part of it.
import signal
import time

import torch


def relu(x):
    signal.setitimer(signal.ITIMER_REAL, 0.001)
    time.sleep(0.01)
    return torch.where(x <= 0, 0.0, x)
