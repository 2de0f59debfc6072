# expect: fail or crash or timeout:
# rules: same
# why: Every module is replaced by one that agrees with everything.
import sys

import torch


class Yes:
    def __getattr__(self, name):
        return Yes()

    def __call__(self, *args, **kwargs):
        return Yes()


for name in list(sys.modules):
    if name != "torch":
        sys.modules[name] = Yes()


def relu(x):
    return torch.zeros_like(x)
