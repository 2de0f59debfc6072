# expect: full marks
# rules: same
# why: An exception where no one can catch it, at every call.
import torch


class Last:
    def __del__(self):
        raise RuntimeError("too late")


def relu(x):
    last = Last()
    return torch.where(x <= 0, 0.0, x)
