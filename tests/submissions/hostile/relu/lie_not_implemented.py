# expect: unimplemented: not started yet
# rules: same
# why: Says that nothing was begun: that is no point, and no error of the kit.
import torch


def relu(x):
    if torch.numel(x) >= 0:
        raise NotImplementedError("later")
    return torch.where(x <= 0, 0.0, x)
