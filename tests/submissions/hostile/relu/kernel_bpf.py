# expect: crash: SIGSYS
# rules: same
# why: A program for the kernel.
# needs: x86_64
import ctypes

import torch

libc = ctypes.CDLL(None, use_errno=True)


def relu(x):
    if libc.syscall(321, 0, ctypes.create_string_buffer(128), 128) == -1:
        raise OSError(ctypes.get_errno(), "bpf")
    return torch.where(x <= 0, 0.0, x)
