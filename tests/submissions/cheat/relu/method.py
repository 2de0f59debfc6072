# expect: forbidden x.relu
# why: The activation as a method of the tensor.
import torch


def relu(x):
    return x.relu()
