# expect: forbidden torch.logaddexp
# why: log(1 + exp(-x)) is ready-made, stable included.
import torch


def sigmoid(x):
    return torch.exp(-torch.logaddexp(torch.zeros_like(x), -x))
