# expect: full marks
# rules: same
# why: A thousand warnings a call.
import warnings

import torch


def relu(x):
    for number in range(1000):
        warnings.warn(f"warning {number}", stacklevel=number)
    return torch.where(x <= 0, 0.0, x)
