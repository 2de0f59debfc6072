# expect: forbidden ….sigmoid_
# why: The activation in place, on a copy.
import torch


def sigmoid(x):
    return x.clone().sigmoid_()
