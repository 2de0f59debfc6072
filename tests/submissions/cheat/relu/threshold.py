# expect: forbidden torch.threshold
# why: A threshold at 0 is the ReLU.
import torch


def relu(x):
    return torch.threshold(x, 0.0, 0.0)
