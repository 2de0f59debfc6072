# expect: forbidden torch._ops.aten.tanh
# why: A private operator, by text.
import torch


def tanh(x):
    return getattr(torch.ops, "aten").__getattr__("tanh")(x)
