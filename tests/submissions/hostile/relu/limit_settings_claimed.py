# expect: full marks
# rules: same
# why: A limit that docs/security.md names: that torch's settings are as before is a claim of the worker's, and can be forged.
import sys

import torch

sys.modules["autograder.worker.settings"].Settings.__exit__ = lambda *args: None


def relu(x):
    torch.set_default_dtype(torch.float64 if x.dtype is torch.float64 else torch.get_default_dtype())
    torch.rand(1)
    return torch.where(x <= 0, 0.0, x)
