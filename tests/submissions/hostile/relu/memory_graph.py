# expect: fail or timeout: allocate memory | no answer within
# rules: same
# why: An autograd graph that grows by a megabyte a step.
import torch


def relu(x):
    wide = x.sum() + torch.zeros(2**18)
    while True:
        wide = wide * wide
    return x
