# expect: forbidden x.__class__.sigmoid
# why: The method is taken from the class of the input.
import torch


def sigmoid(x):
    return x.__class__.sigmoid(x)
