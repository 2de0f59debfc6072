# expect: crash: SIGSYS
# rules: same
# why: Reads its parent's memory with process_vm_readv.
import ctypes
import os

import torch

libc = ctypes.CDLL(None, use_errno=True)


def relu(x):
    buffer = ctypes.create_string_buffer(16)
    part = (ctypes.c_void_p * 2)(ctypes.addressof(buffer), 16)
    if libc.process_vm_readv(os.getppid(), part, 1, part, 1, 0) == -1:
        raise OSError(ctypes.get_errno(), "process_vm_readv")
    return torch.where(x <= 0, 0.0, x)
