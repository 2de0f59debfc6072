# expect: forbidden torch.relu
# why: Keeps the function in a slot of an object.
import torch


class Box:
    __slots__ = ("work",)


box = Box()
setattr(box, Box.__slots__[0], torch.relu)


def relu(x):
    return box.work(x)
