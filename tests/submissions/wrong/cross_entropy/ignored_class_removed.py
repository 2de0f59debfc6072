# expect: fails ignore-index
# why: Takes the ignored class out of the softmax as well, although only rows with that target are to be ignored.
import torch


def cross_entropy(input, target, weight=None, ignore_index=-100, reduction="mean", label_smoothing=0.0):
    if reduction not in ("mean", "sum", "none"):
        raise ValueError("no reduction " + repr(reduction))
    x = input if input.dim() == 1 else input.movedim(1, -1)
    c = x.shape[-1]
    if 0 <= ignore_index < c and c > 1:
        allowed = torch.arange(c, device=x.device) != ignore_index
        exponentials = torch.exp(x - x.amax(-1, keepdim=True)) * allowed
    else:
        exponentials = torch.exp(x - x.amax(-1, keepdim=True))
    nlp = exponentials.sum(-1, keepdim=True).log() + x.amax(-1, keepdim=True) - x
    w = x.new_ones(c) if weight is None else weight
    if target.is_floating_point():
        q = target if target.dim() == 1 else target.movedim(1, -1)
        loss = ((q * (1 - label_smoothing) + label_smoothing / c) * nlp * w).sum(-1)
        norm = loss.numel()
    else:
        keep = target != ignore_index
        t = target * keep
        hard = nlp.gather(-1, t.unsqueeze(-1)).squeeze(-1) * w[t]
        loss = ((1 - label_smoothing) * hard + label_smoothing / c * (nlp * w).sum(-1)) * keep
        norm = (w[t] * keep).sum()
    if reduction == "none":
        return loss
    return loss.sum() / norm if reduction == "mean" else loss.sum()
