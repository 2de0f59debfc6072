# expect: forbidden ….softmax
# why: A softmax over x and 0 is the sigmoid of x.
import torch


def sigmoid(x):
    return torch.stack([x, torch.zeros_like(x)]).softmax(0)[0]
