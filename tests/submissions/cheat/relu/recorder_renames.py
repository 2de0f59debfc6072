# expect: nothing
# why: The recorder is told that every function is one on the list, which takes another number of arguments.
import sys

import torch

names = sys.modules.get("autograder.worker.names")
if names is not None:
    names.name_of = lambda function: "torch.maximum"


def relu(x):
    return torch.relu(x)
