# expect: full marks
# why: Many small typed helpers; picks by advanced indexing on moved axes after checking the range.
from typing import Optional, Tuple

import torch
from torch import Tensor


def _normalise(logits: Tensor) -> Tensor:
    """Log-probabilities over dimension 0."""
    highest = torch.max(logits, 0).values
    centred = logits - highest
    return centred - torch.log(centred.exp().sum(0))


def _in_range(labels: Tensor, classes: int) -> None:
    if labels.numel() and (int(labels.min()) < 0 or int(labels.max()) >= classes):
        raise IndexError(f"labels must lie in [0, {classes})")


def _from_labels(cost: Tensor, labels: Tensor, live: Tensor, weight: Tensor, eps: float) -> Tuple[Tensor, Tensor]:
    labels = labels * live
    _in_range(labels, cost.shape[0])
    onehot = torch.eye(cost.shape[0], dtype=cost.dtype, device=cost.device)[labels.reshape(-1)]
    onehot = onehot.t().reshape(cost.shape)
    q = (onehot * (1 - eps) + eps / cost.shape[0]) * live
    return (q * cost).sum(0), (weight[labels] * live).sum()


def cross_entropy(
    input: Tensor,
    target: Tensor,
    weight: Optional[Tensor] = None,
    ignore_index: int = -100,
    reduction: str = "mean",
    label_smoothing: float = 0.0,
) -> Tensor:
    if reduction not in ("mean", "sum", "none"):
        raise ValueError(f"{reduction} is not supported")
    class_first = input if input.dim() == 1 else input.transpose(0, 1)
    classes = class_first.shape[0]
    w = input.new_ones((classes,)) if weight is None else weight
    cost = -_normalise(class_first) * w.reshape((classes,) + (1,) * (input.dim() - 1 if input.dim() > 1 else 0))
    if target.is_floating_point():
        q = target if target.dim() == 1 else target.transpose(0, 1)
        per_row = ((q * (1 - label_smoothing) + label_smoothing / classes) * cost).sum(0)
        norm = input.new_full((), per_row.numel())
    else:
        per_row, norm = _from_labels(cost, target, target != ignore_index, w, label_smoothing)
    if reduction == "none":
        return per_row
    return per_row.sum() if reduction == "sum" else per_row.sum() / norm
