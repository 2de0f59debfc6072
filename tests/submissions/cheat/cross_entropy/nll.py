# expect: forbidden F.nll_loss
# why: The picking and the reductions are ready-made.
import torch.nn.functional as F


def cross_entropy(input, target, weight=None, ignore_index=-100, reduction="mean", label_smoothing=0.0):
    log_p = input - input.amax(1, keepdim=True)
    log_p = log_p - log_p.exp().sum(1, keepdim=True).log()
    return F.nll_loss(log_p, target, weight, ignore_index=ignore_index, reduction=reduction)
