# expect: full marks
# why: Its options are a record with fields called classes and weight, made by a classmethod.
from dataclasses import dataclass, replace

import torch


@dataclass(frozen=True)
class Options:
    classes: int
    weight: torch.Tensor
    smooth: float

    @classmethod
    def of(cls, logits, weight, smooth):
        classes = logits.shape[1]
        plain = cls(classes, logits.new_ones(classes), smooth)
        return plain if weight is None else replace(plain, weight=weight)


def cross_entropy(input, target, weight=None, ignore_index=-100, reduction="mean", label_smoothing=0.0):
    if reduction not in ("none", "mean", "sum"):
        raise ValueError(f"reduction={reduction}")
    single = input.dim() == 1
    if single:
        input, target = input[None], target[None]
    options = Options.of(input, weight, label_smoothing)
    shifted = input - input.detach().amax(1, keepdim=True)
    logs = shifted - shifted.exp().sum(1, keepdim=True).log()
    weights = options.weight.view(1, -1, *[1] * (input.dim() - 2))
    if target.is_floating_point():
        wanted = target * (1 - options.smooth) + options.smooth / options.classes
        losses = -(wanted * logs * weights).sum(1)
        counted = losses.numel() / 1.0
    else:
        kept = target != ignore_index
        ids = torch.where(kept, target, 0).unsqueeze(1)
        share = weights.expand_as(logs).gather(1, ids).squeeze(1) * kept
        plain = -logs.gather(1, ids).squeeze(1) * share
        spread = -(logs * weights).sum(1) * kept / options.classes
        losses = plain * (1 - options.smooth) + spread * options.smooth
        counted = share.sum()
    if reduction == "none":
        return losses[0] if single else losses
    return losses.sum() if reduction == "sum" else losses.sum() / counted
