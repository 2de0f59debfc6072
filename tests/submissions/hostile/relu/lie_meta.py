# expect: fail: meta
# rules: same
# why: A tensor with a shape, a dtype, a gradient and no values.
import torch


def relu(x):
    return torch.empty_like(x, device="meta")
