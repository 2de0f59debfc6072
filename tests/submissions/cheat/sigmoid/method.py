# expect: forbidden x.sigmoid
# why: The activation as a method of the tensor.
import torch


def sigmoid(x):
    return x.sigmoid()
