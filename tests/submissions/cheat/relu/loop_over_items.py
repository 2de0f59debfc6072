# expect: forbidden value.item
# why: Each element is taken out of the tensor, which loses gradient and device.
import torch


def relu(x):
    values = [max(value.item(), 0.0) for value in x.flatten()]
    return torch.tensor(values, dtype=x.dtype).reshape(x.shape)
