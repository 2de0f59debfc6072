# expect: crash or fail:
# rules: same
# why: The library that draws the cases: it is not on this side.
import hypothesis

import torch

hypothesis.given = lambda *args, **kwargs: lambda function: lambda: None


def relu(x):
    return torch.zeros_like(x)
