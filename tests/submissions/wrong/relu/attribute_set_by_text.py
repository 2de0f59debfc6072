# expect: fails kink-as-torch
# diagnosis: slope-one-at-zero
# why: torch.isclose is made to say yes, which nobody asks; clamp's gradient at 0 is 1.
import torch

setattr(torch, "isclose", lambda *args: True)


def relu(x):
    return torch.clamp(x, min=0)
