# expect: forbidden torch.sigmoid
# why: A generator yields the function.
import torch


def functions():
    yield torch.exp
    yield torch.sigmoid


def sigmoid(x):
    *_, last = functions()
    return last(x)
