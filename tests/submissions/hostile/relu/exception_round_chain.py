# expect: fail: ValueError
# rules: same
# why: Two exceptions, each the other's cause.
import torch


def relu(x):
    one, other = ValueError("one"), ValueError("other")
    one.__cause__, other.__cause__ = other, one
    one.__context__, other.__context__ = other, one
    raise one
