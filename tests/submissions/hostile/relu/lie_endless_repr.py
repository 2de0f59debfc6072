# expect: fail: Wide
# rules: same
# why: An answer of no tensor whose every text is endless.
import torch


class Wide:
    def __repr__(self):
        while True:
            pass

    __str__ = __format__ = __bool__ = __len__ = __iter__ = __repr__


def relu(x):
    return Wide()
