# expect: forbidden torch.asinh
# why: asinh undoes sinh, so that the rest is arithmetic.
import torch


def tanh(x):
    y = torch.asinh(torch.sinh(x))
    return 1 - 2 / (torch.exp(2 * y) + 1)
