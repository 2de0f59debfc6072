# expect: fail: 5 of 5 refused
# rules: same
# why: What /proc tells of the processes around.
import os

import torch

PARENT = os.getppid()
WAYS = [
    lambda: open(f"/proc/{PARENT}/mem", "rb"),
    lambda: open(f"/proc/{PARENT}/environ", "rb"),
    lambda: open("/proc/@grader@/cmdline", "rb"),
    lambda: os.readlink(f"/proc/{PARENT}/exe"),
    lambda: os.listdir("/proc"),
]


def refused(way):
    try:
        way()
    except PermissionError:
        return True
    return False


def relu(x):
    raise RuntimeError(f"{sum(map(refused, WAYS))} of {len(WAYS)} refused")
