# expect: forbidden or fail or timeout:
# rules: same
# why: Leaves a mode on in which every function of torch answers True.
import torch
from torch.overrides import TorchFunctionMode


class Yes(TorchFunctionMode):
    def __torch_function__(self, function, types, args=(), kwargs=None):
        if getattr(function, "__name__", "") in ("allclose", "equal", "eq"):
            return True
        return function(*args, **(kwargs or {}))


def relu(x):
    Yes().__enter__()
    return torch.zeros_like(x)
