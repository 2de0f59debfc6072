# expect: crash or timeout: SIGSEGV | no answer within
# rules: same
# why: The stack of C overflows: a list nested 100,000 deep is printed without Python's limit.
import sys

import torch

sys.setrecursionlimit(2**31 - 1)


nested = []
for _ in range(100_000):
    nested = [nested]


def relu(x):
    repr(nested)
    return torch.where(x <= 0, 0.0, x)
