# expect: forbidden torch.view_as_complex
# why: Pairs of numbers seen as complex ones.
import torch


def tanh(x):
    pairs = torch.stack([torch.zeros_like(x), x], -1).contiguous()
    return torch.tan(torch.view_as_complex(pairs)).imag
