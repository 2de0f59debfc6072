# expect: timeout: while the file is loaded, no answer within
# rules: same
# why: A loop that never ends, before there is a function at all.
import torch

while True:
    pass


def relu(x):
    return torch.where(x <= 0, 0.0, x)
