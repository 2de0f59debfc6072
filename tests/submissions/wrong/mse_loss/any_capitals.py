# expect: fails bad-reduction
# why: Lowers the case first and so accepts Mean.
import torch


def mse_loss(input, target, reduction="mean"):
    if not isinstance(reduction, str):
        raise ValueError("reduction must be a string")
    how = reduction.lower()
    out = (input - target) ** 2
    if how == "none":
        return out
    if how == "sum":
        return out.sum()
    if how == "mean":
        return out.mean()
    raise ValueError(f"{reduction} is no reduction")
