# expect: forbidden setattr
# why: torch is changed by a call instead of an assignment.
import torch

setattr(torch, "equal", lambda *args: True)


def relu(x):
    return torch.clamp(x, min=0)
