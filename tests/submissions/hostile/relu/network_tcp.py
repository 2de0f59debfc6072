# expect: fail: PermissionError
# rules: same
# why: Sends its input out over TCP.
import socket

import torch


def relu(x):
    with socket.create_connection(("127.0.0.1", int("@tcp@")), timeout=2) as out:
        out.sendall(str(x.detach()).encode())
    return torch.where(x <= 0, 0.0, x)
