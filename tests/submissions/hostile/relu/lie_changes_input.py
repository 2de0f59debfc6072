# expect: fail:
# rules: forbidden: x.data
# why: R3: makes the input fit the answer, which a reference computed afterwards would agree with.
import torch


def relu(x):
    x.data.zero_()
    return torch.zeros_like(x)
