# expect: forbidden torch.tan
# why: The tangent of an imaginary number is the tanh.
import torch


def tanh(x):
    return (-1j * torch.tan(1j * x)).real
