# expect: forbidden torch.Tensor.sigmoid
# why: A class pattern reads the attribute without a dot.
import torch


def sigmoid(x):
    match x:
        case torch.Tensor(sigmoid=squash):
            return squash()
