# expect: forbidden torch.tanh
# why: A class's annotation is the function.
import torch


class Notes:
    value: torch.tanh


def tanh(x):
    return Notes.__annotations__["value"](x)
