# expect: fail or crash or timeout: MemoryError | SIGSEGV | RecursionError | no answer within | allocate
# rules: same
# why: The same after Python's own limit was lifted: memory ends it.
import sys

import torch

sys.setrecursionlimit(2**31 - 1)


def relu(x, depth=0):
    return relu(x, depth + 1)
