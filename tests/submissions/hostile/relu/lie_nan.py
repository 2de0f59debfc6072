# expect: fail:
# rules: same
# why: nan differs from nothing for a comparison that asks "is it larger than the tolerance?".
import torch


def relu(x):
    return x * float("nan")
