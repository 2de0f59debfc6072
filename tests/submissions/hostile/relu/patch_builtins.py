# expect: fail or crash:
# rules: same
# why: type, isinstance, len and getattr say what one would like to hear.
import builtins

import torch

builtins.isinstance = lambda thing, kind: True
builtins.len = lambda thing: 0
builtins.getattr = lambda *args: None
builtins.type = lambda *args: torch.Tensor


def relu(x):
    return 0
