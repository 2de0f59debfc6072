# expect: nothing
# why: The function of one number is ready-made too.
import math

import torch


def tanh(x):
    values = [math.tanh(float(v)) for v in x.flatten()]
    return torch.tensor(values, dtype=x.dtype).reshape(x.shape)
