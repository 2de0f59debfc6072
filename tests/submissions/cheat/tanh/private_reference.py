# expect: forbidden torch._ops.prims.tanh.default
# why: A copy of torch in Python that the operators do not show.
import torch


def tanh(x):
    return torch._refs.tanh(x)
