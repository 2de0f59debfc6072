# expect: fail: shape
# rules: same
# why: A result of 10**12 elements in 4 bytes: whoever copies it needs 4 TB.
import torch


def relu(x):
    return x.sum().expand(10**12)
