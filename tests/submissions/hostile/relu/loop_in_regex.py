# expect: timeout: no answer within
# rules: same
# why: Backtracking inside the regular expression engine, in C.
import re

import torch


def relu(x):
    re.match(r"(a+)+$", "a" * 64 + "b")
    return torch.where(x <= 0, 0.0, x)
