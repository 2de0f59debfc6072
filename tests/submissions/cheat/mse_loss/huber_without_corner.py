# expect: forbidden F.huber_loss
# why: A Huber loss whose corner is never reached is half the square.
import torch.nn.functional as F


def mse_loss(input, target, reduction="mean"):
    squares = 2 * F.huber_loss(input, target, reduction="none", delta=1e30)
    return {"mean": squares.mean(), "sum": squares.sum(), "none": squares}[reduction]
