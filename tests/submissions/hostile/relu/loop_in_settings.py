# expect: timeout or fail or crash:
# rules: same
# why: The worker's own reading of torch's settings becomes an endless loop.
import sys

import torch


def endless():
    while True:
        pass


sys.modules["autograder.worker.settings"].read_settings = endless


def relu(x):
    return torch.where(x <= 0, 0.0, x)
