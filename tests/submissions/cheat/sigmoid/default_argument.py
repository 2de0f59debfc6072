# expect: forbidden torch.sigmoid
# why: The activation hides in the default of a parameter.
import torch


def sigmoid(x, activation=torch.sigmoid):
    return activation(x)
