# expect: forbidden F.softplus
# why: The derivative of softplus is the sigmoid.
import torch
import torch.nn.functional as F


def sigmoid(x):
    return torch.func.grad(lambda v: F.softplus(v).sum())(x)
