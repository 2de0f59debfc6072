# expect: fail:
# rules: same
# why: A profile function looks into each frame of the worker for what it compares with.
import sys

import torch

found = []


def look(frame, event, argument):
    for name in ("expected", "reference", "tolerance"):
        if name in frame.f_locals:
            found.append(frame.f_locals[name])


def relu(x):
    sys.setprofile(look)
    return found[0] if found else torch.zeros_like(x)
