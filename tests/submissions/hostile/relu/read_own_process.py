# expect: fail: 4 of 4 refused
# rules: same
# why: Its own memory by a file, where it could be written past every protection.
import os

import torch

WAYS = [
    lambda: open("/proc/self/mem", "r+b"),
    lambda: open("/proc/self/environ", "rb"),
    lambda: open("/proc/self/fd/3", "rb"),
    lambda: os.listdir("/proc/self/fd"),
]


def refused(way):
    try:
        way()
    except PermissionError:
        return True
    return False


def relu(x):
    raise RuntimeError(f"{sum(map(refused, WAYS))} of {len(WAYS)} refused")
