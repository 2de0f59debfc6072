# expect: crash: the file cannot be loaded:
# rules: same
# why: The grader's own references, as a module.
from autograder.oracle import expect

import torch


def relu(x):
    return torch.nn.ReLU()(x)
