# expect: fail or timeout: allocate memory | no answer within
# rules: same
# why: 32 MB at a time, without end.
import torch


def relu(x):
    kept = []
    while True:
        kept.append(torch.ones(2**23))
