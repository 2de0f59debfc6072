# expect: crash: not JSON
# rules: same
# why: JSON nested 200,000 deep.
import os
import struct

import torch


def relu(x):
    os.write(3, struct.pack("<II", 200_000, 0) + b"[" * 200_000)
    return torch.where(x <= 0, 0.0, x)
