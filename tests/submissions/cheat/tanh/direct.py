# expect: forbidden t.tanh
# why: The activation itself, under a short name of torch.
import torch as t


def tanh(x):
    return t.tanh(x)
