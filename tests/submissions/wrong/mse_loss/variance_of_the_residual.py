# expect: fails values, gradients
# why: Centres the residual first, so that a constant offset costs nothing.
import torch


def center(v):
    return v - v.mean()


def mse_loss(input, target, reduction="mean"):
    per_element = center(input - target).square()
    reducers = {"mean": torch.mean, "sum": torch.sum, "none": torch.clone}
    if reduction not in reducers:
        raise ValueError(f"reduction={reduction}")
    return reducers[reduction](per_element)
