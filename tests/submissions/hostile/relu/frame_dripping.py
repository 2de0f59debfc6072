# expect: timeout: no answer within
# rules: same
# why: A byte every tenth of a second: each alone is in time.
import os
import struct
import time

import torch


def relu(x):
    for byte in struct.pack("<II", 1000, 0) + b" " * 1000:
        os.write(3, bytes([byte]))
        time.sleep(0.1)
    return torch.where(x <= 0, 0.0, x)
