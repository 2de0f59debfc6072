# expect: forbidden torch.tan
# why: The tangent of an imaginary number is a hyperbolic tangent.
import torch


def sigmoid(x):
    z = x.to(torch.promote_types(x.dtype, torch.complex64)) * 0.5j
    return (torch.tan(z).imag.to(x.dtype) + 1) / 2
