# expect: fail or crash or timeout:
# rules: same
# why: Leaves a mode on that sees each operator, the grader's part of the worker included, and returns zeros.
import torch
from torch.utils._python_dispatch import TorchDispatchMode


class Zero(TorchDispatchMode):
    def __torch_dispatch__(self, function, types, args=(), kwargs=None):
        result = function(*args, **(kwargs or {}))
        return result * 0 if isinstance(result, torch.Tensor) and result.is_floating_point() else result


def relu(x):
    Zero().__enter__()
    return x * 1
