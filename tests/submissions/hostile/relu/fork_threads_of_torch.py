# expect: crash or timeout: status 1 | no answer within
# rules: same
# why: torch starts threads itself where a tensor is large.
import torch

torch.set_num_threads(4)


def relu(x):
    torch.ones(1 << 17).exp()
    return torch.where(x <= 0, 0.0, x)
