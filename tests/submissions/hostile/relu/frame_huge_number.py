# expect: crash: no answer
# rules: same
# why: A whole number of 200,000 digits, which takes a decoder seconds.
import os
import struct

import torch


def relu(x):
    os.write(3, struct.pack("<II", 200_006, 0) + b'{"id":' + b"9" * 199_999 + b"}")
    return torch.where(x <= 0, 0.0, x)
