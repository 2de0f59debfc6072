# expect: crash:
# rules: same
# why: The sizes before each frame are others.
import struct
import sys

import torch

sys.modules["autograder.worker.wire"]._SIZES = struct.Struct(">QQ")


def relu(x):
    return torch.where(x <= 0, 0.0, x)
