# expect: fail: 4 of 4 refused
# rules: same
# why: A folder, a pipe, a socket and a device.
import os
import socket
import stat

import torch

WAYS = [
    lambda: os.mkdir("@folder@/made"),
    lambda: os.mkfifo("@folder@/pipe"),
    lambda: socket.socket(socket.AF_UNIX).bind("@folder@/socket"),
    lambda: os.mknod("@folder@/device", 0o666 | stat.S_IFCHR, os.makedev(1, 3)),
]


def refused(way):
    try:
        way()
    except PermissionError:
        return True
    return False


def relu(x):
    raise RuntimeError(f"{sum(map(refused, WAYS))} of {len(WAYS)} refused")
