# expect: fail: a class Tensor of its own
# rules: same
# why: A class that says its name is Tensor, of a metaclass that agrees with all.
import torch


class Agrees(type):
    def __instancecheck__(cls, thing):
        return True

    def __eq__(cls, other):
        return True

    def __hash__(cls):
        return hash(torch.Tensor)


class Tensor(metaclass=Agrees):
    pass


Tensor.__name__ = Tensor.__qualname__ = "Tensor"
Tensor.__module__ = "torch"


def relu(x):
    return Tensor()
