# expect: fail: refused
# rules: same
# why: Raises its own limits, and the parent's.
import os
import resource

import torch

NONE = (resource.RLIM_INFINITY, resource.RLIM_INFINITY)


def refused(way):
    try:
        way()
    except (OSError, ValueError):
        return True
    return False


def relu(x):
    own = [getattr(resource, name) for name in ("RLIMIT_AS", "RLIMIT_CPU", "RLIMIT_FSIZE", "RLIMIT_NPROC")]
    ways = [lambda what=what: resource.setrlimit(what, NONE) for what in own]
    ways += [lambda what=what: resource.prlimit(os.getppid(), what, (1, 1)) for what in own]
    if all([refused(way) for way in ways]):
        raise RuntimeError("all refused")
    return torch.where(x <= 0, 0.0, x)
