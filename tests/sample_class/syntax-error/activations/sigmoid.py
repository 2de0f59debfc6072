import torch


def sigmoid(x):
    e = torch.exp(-x
    return 1 / (1 + e)
