# expect: forbidden torch.nn.ReLU
# why: The layer is made and called at once.
import torch


def relu(x):
    return torch.nn.ReLU()(x)
