# expect: timeout: no answer within
# rules: same
# why: Reads the grader's next request itself.
import os

import torch


def relu(x):
    os.read(3, 1 << 20)
    return torch.where(x <= 0, 0.0, x)
