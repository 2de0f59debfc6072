# expect: fail: it returns Fake
# rules: same
# why: isinstance(answer, torch.Tensor) is True; the answer is none.
import torch


class Fake:
    __class__ = torch.Tensor
    dtype = torch.float32
    shape = ()

    def __getattr__(self, name):
        return lambda *args, **kwargs: True

    def __eq__(self, other):
        return True


def relu(x):
    return Fake()
