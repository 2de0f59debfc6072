# expect: fail or crash: refused | SIGSYS
# rules: same
# why: Calls in which kernels had holes: userfaultfd, perf_event_open, kcmp, name_to_handle_at, personality, modify_ldt.
# needs: x86_64
import ctypes

import torch

libc = ctypes.CDLL(None, use_errno=True)
NUMBERS = (323, 298, 312, 303, 135, 154)


def relu(x):
    if all([libc.syscall(number, 1, 0, 0, 0, 0) == -1 for number in NUMBERS]):
        raise RuntimeError("all refused")
    return torch.where(x <= 0, 0.0, x)
