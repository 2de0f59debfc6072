# expect: fail: 4 of 4 refused
# rules: same
# why: Sockets that look past programs: raw, packet, netlink, and a pair.
import socket

import torch

WAYS = [
    lambda: socket.socket(socket.AF_INET, socket.SOCK_RAW, 1),
    lambda: socket.socket(socket.AF_PACKET, socket.SOCK_RAW),
    lambda: socket.socket(socket.AF_NETLINK, socket.SOCK_RAW),
    lambda: socket.socketpair(),
]


def refused(way):
    try:
        way()
    except PermissionError:
        return True
    return False


def relu(x):
    raise RuntimeError(f"{sum(map(refused, WAYS))} of {len(WAYS)} refused")
