# expect: timeout: no answer within
# rules: same
# why: The loop begins when the call is over and its object is let go.
import torch


class Last:
    def __del__(self):
        while True:
            pass


def relu(x):
    last = Last()
    return torch.where(x <= 0, 0.0, x)
