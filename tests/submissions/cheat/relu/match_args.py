# expect: forbidden torch.Tensor.relu
# why: A positional pattern reads the method that __match_args__ names.
import torch


class Like(type):
    def __instancecheck__(cls, value):
        return True


class Pattern(metaclass=Like):
    __match_args__ = ("relu",)


def relu(x):
    match x:
        case Pattern(work):
            return work()
