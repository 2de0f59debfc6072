# expect: fail: PermissionError
# rules: same
# why: Speaks to a service of the machine over its socket in the file system.
import socket

import torch


def relu(x):
    with socket.socket(socket.AF_UNIX) as out:
        out.connect("@unix@")
        out.sendall(b"input")
    return torch.where(x <= 0, 0.0, x)
