# expect: fails values, gradients
# diagnosis: half-the-argument
# why: The exponent lacks its factor of two, which makes it the tanh of half the argument.
import torch


def tanh(x):
    negative = x < 0
    decay = torch.exp(torch.where(negative, x, -x))
    size = (1 - decay) / (1 + decay)
    return torch.where(negative, -size, size)
