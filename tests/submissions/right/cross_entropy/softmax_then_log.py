# expect: loses stable-values, stable-gradients
# diagnosis: no-maximum-subtracted
# why: The textbook formula log(exp(x) / sum(exp(x))) overflows and underflows for large logits.
import torch


def softmax(x, dim):
    e = torch.exp(x)
    return e / e.sum(dim=dim, keepdim=True)


def cross_entropy(input, target, weight=None, ignore_index=-100, reduction="mean", label_smoothing=0.0):
    if reduction not in ("mean", "sum", "none"):
        raise ValueError("reduction must be mean, sum or none")
    dim = 0 if input.dim() == 1 else 1
    log_p = torch.log(softmax(input, dim))
    c = input.shape[dim]
    w = torch.ones(c, dtype=input.dtype, device=input.device) if weight is None else weight
    w_shaped = w.reshape(c, *[1] * (input.dim() - dim - 1))
    if target.is_floating_point():
        target = (1 - label_smoothing) * target + label_smoothing / c
        loss = -(w_shaped * target * log_p).sum(dim)
        n = loss.numel()
    else:
        valid = target != ignore_index
        t = torch.where(valid, target, torch.zeros_like(target))
        nll = -log_p.gather(dim, t.unsqueeze(dim)).squeeze(dim) * w[t]
        smooth = -(w_shaped * log_p).sum(dim)
        loss = ((1 - label_smoothing) * nll + label_smoothing * smooth / c) * valid
        n = (w[t] * valid).sum()
    if reduction == "none":
        return loss
    return loss.sum() / n if reduction == "mean" else loss.sum()
