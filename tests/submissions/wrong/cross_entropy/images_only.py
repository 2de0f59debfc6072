# expect: fails spatial
# why: Permutes four dimensions as for images and leaves sequences (N, C, d) as they are.
import torch


def classes_last(t):
    return t.permute(0, 2, 3, 1) if t.dim() == 4 else t


def cross_entropy(input, target, weight=None, ignore_index=-100, reduction="mean", label_smoothing=0.0):
    if reduction not in ("mean", "sum", "none"):
        raise ValueError("reduction not understood")
    logits = classes_last(input)
    shifted = logits - logits.max(dim=-1, keepdim=True).values
    log_probs = shifted - shifted.exp().sum(dim=-1, keepdim=True).log()
    k = logits.shape[-1]
    w = log_probs.new_ones(k) if weight is None else weight
    if target.is_floating_point():
        soft = classes_last(target) * (1 - label_smoothing) + label_smoothing / k
        loss = torch.einsum("...k,...k,k->...", soft, -log_probs, w)
        divisor = loss.numel()
    else:
        alive = target != ignore_index
        label = target.masked_fill(~alive, 0)
        hard = -w[label] * torch.gather(log_probs, -1, label.unsqueeze(-1)).squeeze(-1)
        spread = -torch.einsum("...k,k->...", log_probs, w) / k
        loss = alive * (hard + label_smoothing * (spread - hard))
        divisor = (alive * w[label]).sum()
    if reduction == "none":
        return loss
    if reduction == "sum":
        return loss.sum()
    return loss.sum() / divisor
