# expect: timeout: no answer within
# rules: same
# why: One power of whole numbers takes C minutes, and looks at no signal.
import torch


def relu(x):
    7 ** (10**8 * 3)
    return torch.where(x <= 0, 0.0, x)
