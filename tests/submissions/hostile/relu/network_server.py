# expect: fail: PermissionError
# rules: same
# why: Waits for a connection of the next learner's code.
import socket

import torch


def relu(x):
    socket.create_server(("127.0.0.1", 0))
    return torch.where(x <= 0, 0.0, x)
