# expect: fail: PermissionError
# rules: same
# why: Reads /etc/passwd.
import pathlib

import torch


def relu(x):
    pathlib.Path("/etc/passwd").read_bytes()
    return torch.where(x <= 0, 0.0, x)
