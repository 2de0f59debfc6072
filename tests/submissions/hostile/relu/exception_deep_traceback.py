# expect: fail or crash or timeout:
# rules: same
# why: A traceback of 50,000 frames.
import sys

import torch

sys.setrecursionlimit(60_000)


def down(depth):
    if depth == 0:
        raise RuntimeError("deep")
    down(depth - 1)


def relu(x):
    down(50_000)
