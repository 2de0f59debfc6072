# expect: forbidden torch.Tensor.sigmoid
# why: A class of the file defines a sigmoid, and torch's is taken from the class of all tensors.
import torch


class Helper:
    sigmoid = None


def sigmoid(x):
    return torch.Tensor.sigmoid(x)
