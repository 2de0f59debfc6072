# expect: fail: 3 of 3 refused
# rules: same
# why: Another root and another working folder.
import os

import torch

WAYS = [lambda: os.chroot("@folder@"), lambda: os.chdir("/"), lambda: os.fchdir(3)]


def refused(way):
    try:
        way()
    except PermissionError:
        return True
    return False


def relu(x):
    raise RuntimeError(f"{sum(map(refused, WAYS))} of {len(WAYS)} refused")
