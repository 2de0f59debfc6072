# expect: fail:
# rules: same
# why: R2: hopes that the memory holds the reference's freed result.
import torch


def relu(x):
    return torch.empty_like(x) + 0 * x
