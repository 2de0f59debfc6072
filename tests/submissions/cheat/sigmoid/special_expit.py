# expect: forbidden torch.special.expit
# why: expit is the sigmoid under its name in statistics.
import torch


def sigmoid(x):
    return torch.special.expit(x)
