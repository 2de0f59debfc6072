# expect: fail:
# rules: same
# why: Finds the worker's own object by the collector of garbage and gives it another function.
import gc

import torch


def relu(x):
    for thing in gc.get_objects():
        if type(thing).__name__ == "Servant":
            thing._function = lambda x: torch.zeros_like(x)
    return torch.zeros_like(x)
