# expect: forbidden ….cpu
# why: Numpy computes it.
import numpy as np
import torch


def sigmoid(x):
    return torch.as_tensor(1 / (1 + np.exp(-x.detach().cpu().numpy()))).to(x.dtype)
