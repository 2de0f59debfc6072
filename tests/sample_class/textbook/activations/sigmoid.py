import torch


def sigmoid(x):
    # straight from the lecture notes
    return 1 / (1 + torch.exp(-x))
