# expect: forbidden torch.sigmoid
# why: __mro_entries__ puts a class with the function among the bases.
import torch


class Entry:
    def __mro_entries__(self, bases):
        return (type("Base", (), {"work": staticmethod(torch.sigmoid)}),)


class Ops(Entry()):
    pass


def sigmoid(x):
    return Ops.work(x)
