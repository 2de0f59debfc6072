# expect: forbidden torch._C._nn.cross_entropy_loss
# why: A parameter called torch is torch, and a class of the file stores the private name that is read from it.
import torch


class Helper:
    def __init__(self):
        self._nn = self._C = None


def loss(torch, *args):
    return torch._C._nn.cross_entropy_loss(*args)


def cross_entropy(input, target, weight=None, ignore_index=-100, reduction="mean", label_smoothing=0.0):
    number = ["none", "mean", "sum"].index(reduction)
    return loss(torch, input, target, weight, number, ignore_index, label_smoothing)
