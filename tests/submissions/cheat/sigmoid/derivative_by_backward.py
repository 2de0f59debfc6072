# expect: forbidden F.softplus
# why: The derivative of softplus is the sigmoid; backward() computes it.
import torch
import torch.nn.functional as F


def sigmoid(x):
    y = x.detach().clone().requires_grad_()
    F.softplus(y, threshold=1000).sum().backward()
    return y.grad + (x - x.detach()) * (y.grad * (1 - y.grad))
