# expect: forbidden torch.logaddexp
# why: logaddexp folded over the classes is logsumexp.
from functools import reduce

import torch


def cross_entropy(input, target, weight=None, ignore_index=-100, reduction="mean", label_smoothing=0.0):
    total = reduce(torch.logaddexp, input.unbind(1))
    log_p = input - total.unsqueeze(1)
    picked = -log_p.gather(1, target.unsqueeze(1)).squeeze(1)
    return {"mean": picked.mean(), "sum": picked.sum(), "none": picked}[reduction]
