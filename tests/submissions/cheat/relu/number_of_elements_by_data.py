# expect: forbidden x.data
# why: Reads .data, which cuts the gradient, only to ask for its size.
import torch


def relu(x):
    if x.data.nelement() == 0:
        return x.clone()
    return torch.where(x <= 0, 0.0, x)
