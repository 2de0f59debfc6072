# expect: fail: nothing: ''
# rules: same
# why: Python's own helper for tracebacks reads any file and raises nothing.
import linecache

import torch


def relu(x):
    raise RuntimeError(f"nothing: {linecache.getline('@secret@', 1)!r}")
