# expect: forbidden torch.nn.functional.cross_entropy
# why: The layer, made and called at once.
from torch import nn


def cross_entropy(input, target, weight=None, ignore_index=-100, reduction="mean", label_smoothing=0.0):
    loss = nn.CrossEntropyLoss(
        weight=weight, ignore_index=ignore_index, reduction=reduction, label_smoothing=label_smoothing
    )
    return loss(input, target)
