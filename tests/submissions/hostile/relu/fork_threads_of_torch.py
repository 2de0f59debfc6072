# expect: fail or crash: number of threads | status 1
# rules: same
# why: torch starts threads itself where a tensor is large. A setting made at import is put back before.
import torch


def relu(x):
    torch.set_num_threads(4)
    torch.ones(1 << 17).exp()
    return torch.where(x <= 0, 0.0, x)
