# expect: fail: Parameter
# rules: same
# why: A parameter is a tensor to isinstance, and keeps the graph out.
import torch


def relu(x):
    return torch.nn.Parameter(torch.where(x <= 0, 0.0, x).detach())
