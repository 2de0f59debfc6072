# expect: fail: PermissionError
# rules: same
# why: A better result in place of its own.
import torch


def relu(x):
    with open("@results@", "r+") as results:
        results.write('{"score": 100}')
    return torch.where(x <= 0, 0.0, x)
