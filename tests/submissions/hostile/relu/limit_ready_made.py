# expect: full marks
# rules: forbidden: torch.relu
# why: A limit that docs/security.md names: a sandbox cannot see which operations ran, that is what the rules are for.
import torch


def relu(x):
    return torch.relu(x)
