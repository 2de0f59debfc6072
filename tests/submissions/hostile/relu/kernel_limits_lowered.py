# expect: crash or fail or timeout:
# rules: same
# why: Takes its own memory and time away; what then breaks is its own.
import resource

import torch


def relu(x):
    resource.setrlimit(resource.RLIMIT_AS, (1 << 20, 1 << 20))
    return torch.where(x <= 0, 0.0, x) + torch.ones(1 << 20).sum()
