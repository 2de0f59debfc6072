# expect: full marks or fail: torch
# rules: same
# why: A setting whose change makes torch import 800 modules, which a worker cannot.
import torch


def relu(x):
    torch.use_deterministic_algorithms(True)
    return torch.where(x <= 0, 0.0, x)
