# expect: forbidden torch.sigmoid
# why: functools.wraps keeps the function in __wrapped__.
import functools

import torch


@functools.wraps(torch.sigmoid)
def plain(x):
    return x


def sigmoid(x):
    return plain.__wrapped__(x)
