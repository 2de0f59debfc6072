# expect: fail:
# rules: same
# why: Ten thousand exceptions in one.
import torch


def relu(x):
    raise ExceptionGroup("many", [ValueError(number) for number in range(10_000)])
