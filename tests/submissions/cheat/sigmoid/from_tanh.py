# expect: forbidden torch.tanh
# why: The sigmoid is a tanh of half the input.
import torch


def sigmoid(x):
    return (1 + torch.tanh(x / 2)) / 2
