# expect: timeout: no answer within
# rules: same
# why: A sum in C over a range without end; no line of Python runs meanwhile.
import torch


def relu(x):
    sum(range(10**16))
    return torch.where(x <= 0, 0.0, x)
