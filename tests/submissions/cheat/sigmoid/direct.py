# expect: forbidden torch.sigmoid
# why: The activation itself.
import torch


def sigmoid(x):
    return torch.sigmoid(x)
