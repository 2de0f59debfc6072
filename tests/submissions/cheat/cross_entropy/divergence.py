# expect: forbidden F.kl_div
# why: The divergence from a one-hot target is the loss.
import torch
import torch.nn.functional as F


def cross_entropy(input, target, weight=None, ignore_index=-100, reduction="mean", label_smoothing=0.0):
    shifted = input - input.amax(1, keepdim=True)
    log_p = shifted - shifted.exp().sum(1, keepdim=True).log()
    rows = F.kl_div(log_p, F.one_hot(target, input.shape[1]).to(input.dtype), reduction="none").sum(1)
    return {"mean": rows.mean(), "sum": rows.sum(), "none": rows}[reduction]
