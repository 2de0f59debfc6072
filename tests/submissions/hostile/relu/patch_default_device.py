# expect: fail or crash:
# rules: same
# why: From now on new tensors have no values.
import torch

torch.set_default_device("meta")


def relu(x):
    return torch.where(x <= 0, 0.0, x)
