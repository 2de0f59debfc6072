# expect: crash or fail: PermissionError | no answer
# rules: same
# why: Sends descriptors to the grader, which would hold them open.
import array
import socket

import torch


def relu(x):
    passed = array.array("i", [0, 1, 2])
    wire = socket.socket(fileno=3)
    try:
        wire.sendmsg([b"x"], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, passed)])
    finally:
        wire.detach()
    return torch.where(x <= 0, 0.0, x)
