# expect: fails gradients, graph
# diagnosis: target-detached
# why: Copies the target under no_grad, since labels are not learned.
import torch


def mse_loss(input, target, reduction="mean"):
    with torch.no_grad():
        fixed = target.clone()
    loss = (fixed - input).square()
    if reduction == "none":
        return loss
    if reduction in ("mean", "sum"):
        return loss.mean() if reduction == "mean" else loss.sum()
    raise ValueError(repr(reduction))
