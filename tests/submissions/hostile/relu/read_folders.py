# expect: fail: 5 of 5 refused
# rules: same
# why: Looks what there is, without opening it.
import os

import torch

WAYS = [
    lambda: os.listdir("@folder@"),
    lambda: os.scandir("/"),
    lambda: os.stat("@secret@"),
    lambda: os.statvfs("/"),
    lambda: os.getxattr("@secret@", "user.x"),
]


def refused(way):
    try:
        way()
    except PermissionError:
        return True
    return False


def relu(x):
    raise RuntimeError(f"{sum(map(refused, WAYS))} of {len(WAYS)} refused")
