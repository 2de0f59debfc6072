# expect: forbidden or fail or crash:
# rules: same
# why: The input's memory is taken away, and a result of no memory given back.
import torch


def relu(x):
    x.detach().untyped_storage().resize_(0)
    return x
