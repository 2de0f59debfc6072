# expect: forbidden F.glu
# why: A gated unit multiplies by a sigmoid; the other half is 1.
import torch
import torch.nn.functional as F


def sigmoid(x):
    pair = torch.stack([torch.ones_like(x), x])
    return F.glu(pair, dim=0)[0]
