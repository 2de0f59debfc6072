# expect: forbidden torch.prelu
# why: A parametric ReLU with slope 0.
import torch


def relu(x):
    return torch.prelu(x, x.new_zeros(1))
