# expect: full marks
# rules: same
# why: From now on new tensors would have no values; what a file sets at its import is put back before the first call.
import torch

torch.set_default_device("meta")


def relu(x):
    return torch.where(x <= 0, 0.0, x)
