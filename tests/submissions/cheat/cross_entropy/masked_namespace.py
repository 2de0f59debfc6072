# expect: forbidden torch.masked.log_softmax
# why: A namespace that has the softmax once more.
import torch


def cross_entropy(input, target, weight=None, ignore_index=-100, reduction="mean", label_smoothing=0.0):
    log_p = torch.masked.log_softmax(input, 1)
    picked = -log_p.gather(1, target.unsqueeze(1)).squeeze(1)
    return {"mean": picked.mean(), "sum": picked.sum(), "none": picked}[reduction]
