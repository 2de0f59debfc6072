# expect: forbidden F.cross_entropy
# why: The loss itself.
import torch.nn.functional as F


def cross_entropy(input, target, weight=None, ignore_index=-100, reduction="mean", label_smoothing=0.0):
    return F.cross_entropy(input, target, weight, None, ignore_index, None, reduction, label_smoothing)
