# expect: forbidden x.cpu
# why: The work is done on the host, whatever device the input is on.
import torch


def sigmoid(x):
    return (1 / (1 + torch.exp(-x.cpu()))).to(x.device)
