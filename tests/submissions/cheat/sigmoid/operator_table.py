# expect: forbidden torch.ops.aten.sigmoid
# why: The operator is called past its public name.
import torch


def sigmoid(x):
    return torch.ops.aten.sigmoid(x)
