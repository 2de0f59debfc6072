# expect: forbidden torch.tanh
# why: An exception in a group carries the module.
import torch


def tanh(x):
    result = None
    try:
        raise ExceptionGroup("", [ImportError("no", name="tanh", path=torch)])
    except* ImportError as group:
        error = group.exceptions[0]
        result = getattr(error.path, error.name)(x)
    return result
