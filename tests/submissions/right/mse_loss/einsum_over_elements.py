# expect: full marks
# why: Lets einsum square and add in one contraction, after the argument has been checked.
import torch


def mse_loss(input, target, reduction="mean"):
    valid = {"none": "i,i->i", "sum": "i,i->", "mean": "i,i->"}
    try:
        equation = valid[reduction]
    except KeyError:
        raise ValueError(f"reduction={reduction!r}; use 'none', 'mean' or 'sum'") from None
    d = (target - input).flatten()
    out = torch.einsum(equation, d, d)
    if reduction == "none":
        return out.reshape(input.shape)
    if reduction == "mean":
        out = out / d.shape[0]
    return out
