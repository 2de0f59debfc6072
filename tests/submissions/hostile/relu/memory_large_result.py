# expect: fail or timeout: shape | allocate memory | no answer within
# rules: same
# why: A result of 200 MB for an input of bytes.
import torch


def relu(x):
    return x.new_zeros(50_000_000)
