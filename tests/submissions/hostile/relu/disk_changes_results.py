# expect: fail: 9 of 9 refused
# rules: same
# why: All that can be done to a file without opening it.
import os

import torch

FILE, OTHER = "@results@", "@folder@/other"
WAYS = [
    lambda: os.unlink(FILE),
    lambda: os.rename(FILE, OTHER),
    lambda: os.truncate(FILE, 0),
    lambda: os.chmod(FILE, 0o777),
    lambda: os.chown(FILE, os.getuid(), os.getgid()),
    lambda: os.utime(FILE, (0, 0)),
    lambda: os.link(FILE, OTHER),
    lambda: os.symlink(FILE, OTHER),
    lambda: os.setxattr(FILE, "user.hostile", b"1"),
]


def refused(way):
    try:
        way()
    except PermissionError:
        return True
    return False


def relu(x):
    raise RuntimeError(f"{sum(map(refused, WAYS))} of {len(WAYS)} refused")
