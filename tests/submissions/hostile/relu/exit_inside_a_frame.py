# expect: crash: status 0 | no answer
# rules: same
# why: Begins an answer and leaves.
import os
import struct

import torch


def relu(x):
    os.write(3, struct.pack("<II", 100, 0) + b'{"id":')
    os._exit(0)
