# expect: forbidden torch.nn.functional.relu
# why: A class with the layer as its base is made by a call.
import torch
from torch import nn

Positive = type("Positive", (nn.ReLU,), {})


def relu(x):
    return Positive()(x)
