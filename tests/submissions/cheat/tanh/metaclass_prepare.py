# expect: forbidden torch.tanh
# why: A class body whose names are torch's.
import torch


class Body(type):
    @classmethod
    def __prepare__(cls, name, bases):
        return dict(vars(torch))

    def __new__(cls, name, bases, names):
        return super().__new__(cls, name, bases, {"work": staticmethod(names["work"])})


class Ops(metaclass=Body):
    work = tanh


def tanh(x):
    return Ops.work(x)
