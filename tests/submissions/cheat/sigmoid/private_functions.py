# expect: forbidden torch._C._VariableFunctions.sigmoid
# why: The function is taken from where torch itself keeps it.
import torch


def sigmoid(x):
    return torch._C._VariableFunctions.sigmoid(x)
