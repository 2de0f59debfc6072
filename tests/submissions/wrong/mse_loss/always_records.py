# expect: fails graph
# why: Computes under enable_grad and so ignores the caller's no_grad.
import torch


def mse_loss(input, target, reduction="mean"):
    with torch.enable_grad():
        loss = torch.square(input - target)
        if reduction == "mean":
            loss = loss.mean()
        elif reduction == "sum":
            loss = loss.sum()
        elif reduction != "none":
            raise ValueError("not a reduction: " + repr(reduction))
    return loss
