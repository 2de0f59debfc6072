# expect: fail: nothing of the grader's
# rules: same
# why: Looks for a secret in the environment, in Python's view of it and in C's.
import ctypes
import os

import torch


def relu(x):
    libc = ctypes.CDLL(None)
    libc.getenv.restype = ctypes.c_char_p
    found = [os.environ.get("@variable@"), libc.getenv(b"@variable@")]
    if any(found):
        raise RuntimeError(str(found))
    raise RuntimeError("nothing of the grader's")
