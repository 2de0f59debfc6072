# expect: fail or timeout: RecursionError | no answer within
# rules: same
# why: Calls itself without end.
import torch


def relu(x):
    return relu(x + 0)
