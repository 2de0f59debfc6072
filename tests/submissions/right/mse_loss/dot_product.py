# expect: full marks
# why: The sum of squares is the dot product of the flattened residual with itself.
import torch


def mse_loss(input, target, reduction="mean"):
    error = input - target
    if reduction == "none":
        return error * error
    flat = error.reshape(-1)
    total = torch.dot(flat, flat)
    if reduction == "sum":
        return total
    elif reduction == "mean":
        return total / flat.numel()
    else:
        raise ValueError("unknown reduction " + str(reduction))
