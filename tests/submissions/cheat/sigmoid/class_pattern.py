# expect: forbidden torch.sigmoid
# why: A class pattern takes the function out of the module.
import torch


def sigmoid(x):
    match torch:
        case object(sigmoid=work):
            return work(x)
