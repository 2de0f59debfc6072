# expect: fail: PermissionError
# rules: same
# why: The same over an abstract socket, which has no file whose mode could refuse it.
import socket

import torch


def relu(x):
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as out:
        out.sendto(b"input", b"\0@abstract@")
    return torch.where(x <= 0, 0.0, x)
