# expect: full marks
# rules: same
# why: The module is replaced by one whose every attribute is an endless loop: nothing may ask it for one.
import sys

import torch


class Trap:
    def __getattribute__(self, name):
        while True:
            pass


def relu(x):
    return torch.where(x <= 0, 0.0, x)


sys.modules["submission"] = Trap()
