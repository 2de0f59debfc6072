# expect: full marks
# why: Broadcasts both arguments explicitly before subtracting, as torch.nn does.
import torch


def mse_loss(input, target, reduction="mean"):
    names = ["none", "mean", "sum"]
    if not any(reduction == name for name in names):
        raise ValueError(f"reduction should be one of {names}")
    a, b = torch.broadcast_tensors(input, target)
    per_element = torch.float_power(a - b, 2).to(a.dtype)
    reducers = [lambda v: v, lambda v: v.mean(), lambda v: v.sum()]
    return reducers[names.index(reduction)](per_element)
