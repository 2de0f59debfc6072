# expect: fail: PermissionError
# rules: same
# why: tkill, tgkill and rt_sigqueueinfo past libc.
# needs: x86_64
import ctypes
import os

import torch

libc = ctypes.CDLL(None, use_errno=True)


def relu(x):
    parent = os.getppid()
    information = ctypes.create_string_buffer(128)
    calls = [(200, parent, 15), (234, parent, parent, 15), (129, parent, 15, information)]
    if any([libc.syscall(*call) == 0 for call in calls]):
        return torch.where(x <= 0, 0.0, x)
    raise OSError(ctypes.get_errno(), "signals")
