# expect: timeout: no answer within
# rules: same
# why: Sleeps in C with the interpreter's lock held, so that no thread beside it could watch the time.
import ctypes

import torch


def relu(x):
    ctypes.PyDLL(None).sleep(1000)
    return torch.where(x <= 0, 0.0, x)
