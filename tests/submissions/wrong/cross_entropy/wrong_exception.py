# expect: fails bad-reduction
# why: Raises TypeError, which is no ValueError.
import torch


class Reducer:
    def __init__(self, name):
        if name not in ("mean", "sum", "none"):
            raise TypeError(f"reduction must be mean, sum or none, not {name!r}")
        self.name = name

    def apply_to(self, losses, norm):
        if self.name == "none":
            return losses
        return losses.sum() / norm if self.name == "mean" else losses.sum()


def cross_entropy(input, target, weight=None, ignore_index=-100, reduction="mean", label_smoothing=0.0):
    reducer = Reducer(reduction)
    axis = 1 if input.ndim > 1 else 0
    z = input - input.amax(axis, keepdim=True)
    nlp = z.exp().sum(axis, keepdim=True).log() - z
    k = input.shape[axis]
    w = torch.ones(k, dtype=nlp.dtype, device=nlp.device) if weight is None else weight
    nlp = nlp * w.reshape([k] + [1] * (input.ndim - axis - 1))
    if target.is_floating_point():
        losses = torch.sum(nlp * torch.lerp(target, torch.full_like(target, 1 / k), label_smoothing), axis)
        return reducer.apply_to(losses, losses.numel())
    keep = target != ignore_index
    label = torch.where(keep, target, torch.zeros_like(target))
    losses = torch.lerp(nlp.gather(axis, label.unsqueeze(axis)).squeeze(axis), nlp.mean(axis), label_smoothing)
    return reducer.apply_to(losses * keep, (w[label] * keep).sum())
