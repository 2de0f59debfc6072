# expect: crash or fail: PermissionError | closed its connection | closed the connection | ended the process | status
# rules: same
# why: The connection is shut down on the grader's side too.
import socket

import torch


def relu(x):
    socket.socket(fileno=3).shutdown(socket.SHUT_RDWR)
    return torch.where(x <= 0, 0.0, x)
