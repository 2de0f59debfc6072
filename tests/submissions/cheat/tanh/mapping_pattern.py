# expect: forbidden torch.tanh
# why: A mapping pattern takes the function out of the module's names.
import torch


def tanh(x):
    match vars(torch):
        case {"tanh": work, **_rest}:
            return work(x)
