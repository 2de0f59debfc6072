# expect: full marks
# rules: same
# why: Warnings become errors, also those of the worker's own calls.
import warnings

import torch

warnings.simplefilter("error")


def relu(x):
    warnings.filterwarnings("error")
    return torch.where(x <= 0, 0.0, x)
