# expect: forbidden ….tolist
# why: The elements are taken out of the tensor, which loses gradient and device.
import math

import torch


def sigmoid(x):
    values = [1 / (1 + math.exp(-value)) for value in x.flatten().tolist()]
    return torch.tensor(values, dtype=x.dtype).reshape(x.shape)
