# expect: forbidden torch.complex
# why: Complex numbers turn one function into another.
import torch


def tanh(x):
    angle = torch.complex(torch.zeros_like(x), x)
    return torch.tan(angle).imag
