# expect: timeout: no answer within
# rules: same
# why: Honest operations of torch, each of seconds.
import torch


def relu(x):
    big = torch.ones(3000, 3000, dtype=torch.float64)
    for _ in range(1000):
        big = big @ big
    return torch.where(x <= 0, 0.0, x)
