# expect: fail or crash: PermissionError | OSError
# rules: same
# why: Sends over the one socket that it has, to another address.
import socket

import torch


def relu(x):
    out = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM, fileno=3)
    try:
        out.sendto(b"input", b"\0@abstract@")
    finally:
        out.detach()
    return torch.where(x <= 0, 0.0, x)
