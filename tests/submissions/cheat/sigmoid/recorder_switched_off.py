# expect: forbidden the answer holds numbers that no call of torch has made, such as a table or what another thread computed
# why: The recorder's own method calls the function and notes nothing.
import sys

import torch

for name, module in list(sys.modules.items()):
    if name == "autograder.worker.tape":
        module.Tape.__torch_function__ = lambda self, func, types, args=(), kwargs=None: func(*args, **(kwargs or {}))


def sigmoid(x):
    return torch.sigmoid(x)
