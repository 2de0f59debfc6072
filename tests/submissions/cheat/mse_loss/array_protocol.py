# expect: forbidden torch.Tensor.__array__
# why: Numpy computes it, by the protocol of arrays.
import numpy as np
import torch


def mse_loss(input, target, reduction="mean"):
    squares = np.square(np.subtract(input.detach(), target.detach()))
    return squares if reduction == "none" else getattr(torch.Tensor, reduction)(squares)
