# expect: full marks
# rules: forbidden: torch.relu
# why: A limit that docs/security.md names: which operations may run is for the rules to say, which are off here.
import torch


def relu(x):
    return torch.relu(x)
