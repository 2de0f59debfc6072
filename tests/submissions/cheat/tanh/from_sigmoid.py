# expect: forbidden torch.sigmoid
# why: tanh is a sigmoid of twice the input.
import torch


def tanh(x):
    return 2 * torch.sigmoid(2 * x) - 1
