# expect: full marks
# rules: same
# why: Standard output is an object that answers nothing.
import sys

import torch


class Deaf:
    def __getattr__(self, name):
        raise RuntimeError("no output here")


sys.stdout = sys.stderr = Deaf()


def relu(x):
    return torch.where(x <= 0, 0.0, x)
