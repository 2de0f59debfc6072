# expect: full marks
# rules: same
# why: Megabytes a call to standard output and error, which nobody reads: the answer is right and is taken.
import os
import sys

import torch


def relu(x):
    os.write(1, bytes(1 << 20))
    os.write(2, bytes(1 << 20))
    print("x" * (1 << 20))
    sys.stderr.write("y" * (1 << 16))
    return torch.where(x <= 0, 0.0, x)
