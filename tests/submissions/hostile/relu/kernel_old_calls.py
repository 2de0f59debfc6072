# expect: crash: SIGSYS
# rules: same
# why: int 0x80 enters the kernel by the 32-bit door, where numbers mean other calls.
# needs: x86_64
import ctypes
import mmap

import torch

# push rbx; mov eax, 20 (getpid); int 0x80; pop rbx; ret
CODE = bytes.fromhex("53b814000000cd805bc3")


def relu(x):
    libc = ctypes.CDLL(None, use_errno=True)
    libc.mmap.restype = ctypes.c_void_p
    libc.mmap.argtypes = [ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int, ctypes.c_int, ctypes.c_int, ctypes.c_long]
    page = libc.mmap(None, 4096, 7, 0x22, -1, 0)
    if page == 2**64 - 1:
        raise OSError(ctypes.get_errno(), "mmap")
    ctypes.memmove(page, CODE, len(CODE))
    if ctypes.CFUNCTYPE(ctypes.c_int)(page)() < 0:
        raise OSError("int 0x80 is refused")
    return torch.where(x <= 0, 0.0, x)
