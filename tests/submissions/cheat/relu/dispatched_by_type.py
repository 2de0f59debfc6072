# expect: forbidden torch.relu
# why: singledispatch calls the function.
import functools

import torch


@functools.singledispatch
def work(x):
    raise TypeError


work.register(torch.Tensor, torch.relu)


def relu(x):
    return work(x)
