# expect: fail or crash or timeout:
# rules: same
# why: An exception with 100,000 causes.
import torch


def relu(x):
    error = ValueError("first")
    for number in range(100_000):
        following = ValueError(number)
        following.__cause__ = error
        error = following
    raise error
