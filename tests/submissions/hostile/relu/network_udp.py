# expect: fail: PermissionError
# rules: same
# why: Sends its input out over UDP, which Landlock does not stop.
import socket

import torch


def relu(x):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as out:
        out.sendto(b"input", ("127.0.0.1", int("@udp@")))
    return torch.where(x <= 0, 0.0, x)
