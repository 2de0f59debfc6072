# expect: fails global-state
# why: Adds noise of amplitude zero, a leftover, and so moves the random generator on.
import torch

NOISE = 0.0


def mse_loss(input, target, reduction="mean"):
    jitter = NOISE * torch.rand_like(input)
    e = input + jitter - target
    if reduction not in ("mean", "sum", "none"):
        raise ValueError("reduction")
    e = e.square()
    return {"mean": e.mean, "sum": e.sum, "none": e.clone}[reduction]()
