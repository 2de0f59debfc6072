# expect: timeout: no answer within
# rules: same
# why: Right for most inputs, and endless for one kind; the cases before it must not save it.
import torch


def relu(x):
    while x.dim() == 3:
        pass
    return torch.where(x <= 0, 0.0, x)
