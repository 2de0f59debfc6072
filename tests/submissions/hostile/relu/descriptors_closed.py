# expect: crash: closed its connection | closed the connection | ended the process | status
# rules: same
# why: Every descriptor is closed, and the answer has no way out.
import os

import torch


def relu(x):
    os.closerange(0, 4096)
    return torch.where(x <= 0, 0.0, x)
