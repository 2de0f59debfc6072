# expect: loses close-inputs
# why: Writes the square of the difference as 2*(x*x + t*t) minus the square of the sum, which cancels.
import torch


def mse_loss(input, target, reduction="mean"):
    both = torch.stack([input, target])
    parallelogram = 2 * both.square().sum(dim=0) - both.sum(dim=0).square()
    if reduction == "none":
        return parallelogram
    if reduction == "sum":
        return parallelogram.sum()
    if reduction == "mean":
        return parallelogram.mean()
    raise ValueError(f"reduction must not be {reduction!r}")
