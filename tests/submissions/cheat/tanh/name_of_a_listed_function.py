# expect: forbidden torch.tanh
# why: Gives the ready-made function's name to a building block in torch itself.
import torch

ready = torch.tanh
torch.exp = ready
torch.Tensor.exp = ready


def tanh(x):
    return torch.exp(x)
