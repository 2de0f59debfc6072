# expect: fail: xxxxxxxx
# rules: same
# why: A class whose name has 10 MB.
import torch

Huge = type("x" * 10_000_000, (Exception,), {})


def relu(x):
    raise Huge("short")
