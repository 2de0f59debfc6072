# expect: forbidden ….sigmoid
# why: The method is taken from the type of the input.
import torch


def sigmoid(x):
    return type(x).sigmoid(x)
