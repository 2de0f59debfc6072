# expect: fail: PermissionError
# rules: same
# why: Opening a file for writing empties it, whatever the limit on its size is.
import torch


def relu(x):
    open("@results@", "w").close()
    return torch.where(x <= 0, 0.0, x)
