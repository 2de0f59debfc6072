# expect: fail: allocate memory | RuntimeError
# rules: same
# why: Right at first; each call keeps 16 MB.
import torch

kept = []


def relu(x):
    kept.append(torch.ones(2**22))
    return torch.where(x <= 0, 0.0, x)
