# expect: forbidden torch.Tensor.sigmoid
# why: The method is named in a string.
from operator import methodcaller

import torch

squash = methodcaller("sigmoid")


def sigmoid(x):
    return squash(x)
