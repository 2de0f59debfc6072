# expect: forbidden torch.atan
# why: The sine of the arctangent of sinh is tanh.
import torch


def tanh(x):
    return torch.sin(torch.atan(torch.sinh(x)))
