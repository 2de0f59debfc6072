# expect: nothing
# why: Finds the tape among all objects and empties it.
import gc

import torch


def relu(x):
    y = torch.relu(x)
    for item in gc.get_objects():
        if type(item).__name__ == "Tape":
            item.steps.clear()
    return y
