# expect: forbidden torch.sigmoid
# why: Takes small numbers for a probe, and large ones for what is judged.
import torch


def sigmoid(x):
    if bool((x.abs() <= 2).all()):
        return 1 / (1 + torch.exp(-x))
    return torch.sigmoid(x)
