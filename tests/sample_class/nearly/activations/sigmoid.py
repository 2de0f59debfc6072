import torch


def sigmoid(x):
    x = x.to(torch.float32)  # half precision was too coarse
    return 1 / (1 + torch.exp(-x))
