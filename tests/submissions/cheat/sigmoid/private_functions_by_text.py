# expect: forbidden ….sigmoid
# why: A private table of torch's, by text.
import torch


def sigmoid(x):
    return getattr(getattr(torch, "_C"), "_Variable" + "Functions").sigmoid(x)
