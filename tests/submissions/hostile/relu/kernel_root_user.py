# expect: fail: 5 of 5 refused
# rules: same
# why: Becomes root again.
import os

import torch

WAYS = [
    lambda: os.setuid(0),
    lambda: os.setresuid(0, 0, 0),
    lambda: os.setgid(0),
    lambda: os.setgroups([0]),
    lambda: os.seteuid(0),
]


def refused(way):
    try:
        way()
    except PermissionError:
        return True
    return False


def relu(x):
    raise RuntimeError(f"{sum(map(refused, WAYS))} of {len(WAYS)} refused, user {min(os.getuid(), 1)}")
