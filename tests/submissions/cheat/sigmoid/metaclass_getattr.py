# expect: forbidden Ops.Sigmoid
# why: A metaclass passes every name on to torch.
import torch


class Passing(type):
    def __getattr__(cls, name):
        return getattr(torch, name.lower())


class Ops(metaclass=Passing):
    pass


def sigmoid(x):
    return Ops.Sigmoid(x)
