# expect: full marks or fail or crash:
# rules: same
# why: Takes back what prctl has set: dumpable, no new privileges, the signal at the parent's death.
import ctypes

import torch

libc = ctypes.CDLL(None, use_errno=True)
libc.prctl(4, 1, 0, 0, 0)
libc.prctl(38, 0, 0, 0, 0)
libc.prctl(1, 0, 0, 0, 0)


def relu(x):
    if libc.prctl(39, 0, 0, 0, 0) == 0:
        raise RuntimeError("new privileges are possible again")
    return torch.where(x <= 0, 0.0, x)
