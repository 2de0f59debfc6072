# expect: forbidden F.softmin
# why: A softmin of the negative is the softmax.
import torch
import torch.nn.functional as F


def cross_entropy(input, target, weight=None, ignore_index=-100, reduction="mean", label_smoothing=0.0):
    log_p = torch.log(F.softmin(-input, dim=1))
    picked = -log_p.gather(1, target.unsqueeze(1)).squeeze(1)
    return {"mean": picked.mean(), "sum": picked.sum(), "none": picked}[reduction]
