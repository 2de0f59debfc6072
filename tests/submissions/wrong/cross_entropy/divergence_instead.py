# expect: fails probabilities
# why: Subtracts the entropy of the target, which makes it the Kullback-Leibler divergence.
import torch


def cross_entropy(input, target, weight=None, ignore_index=-100, reduction="mean", label_smoothing=0.0):
    if reduction not in ("mean", "sum", "none"):
        raise ValueError("the reduction " + repr(reduction) + " does not exist")
    d = int(input.dim() > 1)
    m = input.amax(d, keepdim=True)
    logp = input - m - (input - m).exp().sum(d, keepdim=True).log()
    c = input.shape[d]
    w = input.new_ones(c) if weight is None else weight
    wide = w.reshape([c] + [1] * (input.dim() - d - 1))
    if target.is_floating_point():
        q = target * (1 - label_smoothing) + label_smoothing / c
        log_q = torch.log(torch.where(q > 0, q, torch.ones_like(q)))
        loss = (q * wide * (log_q - logp)).sum(d)
        norm = loss.numel()
    else:
        alive = target != ignore_index
        idx = target * alive
        own = (wide * logp).gather(d, idx.unsqueeze(d)).squeeze(d)
        loss = alive * ((label_smoothing - 1) * own - label_smoothing * (wide * logp).mean(d))
        norm = (w[idx] * alive).sum()
    if reduction == "none":
        return loss
    return loss.sum() / norm if reduction == "mean" else loss.sum()
