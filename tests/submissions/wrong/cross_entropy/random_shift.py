# expect: fails global-state
# why: Shifts the logits by random amounts, which softmax cancels, but which use up random numbers.
import torch


def cross_entropy(input, target, weight=None, ignore_index=-100, reduction="mean", label_smoothing=0.0):
    if reduction not in ("mean", "sum", "none"):
        raise ValueError("unexpected value of reduction: " + repr(reduction))
    d = 1 if input.dim() > 1 else 0
    shift = input.amax(d, keepdim=True)
    shift = shift + torch.rand_like(shift)
    e = torch.exp(input - shift)
    logp = input - shift - e.sum(d, keepdim=True).log()
    n_classes = input.shape[d]
    w = logp.new_ones(n_classes) if weight is None else weight
    wide = w.reshape([n_classes] + [1] * (input.dim() - d - 1))
    if target.is_floating_point():
        q = target + label_smoothing * (1 / n_classes - target)
        loss = -(q * wide * logp).sum(d)
        divisor = loss.numel()
    else:
        valid = (target != ignore_index).to(logp.dtype)
        index = target.masked_fill(target == ignore_index, 0).unsqueeze(d)
        own = (wide * logp).gather(d, index).squeeze(d)
        loss = -valid * (own + label_smoothing * ((wide * logp).mean(d) - own))
        divisor = (valid * w[index.squeeze(d)]).sum()
    if reduction == "none":
        return loss
    return loss.sum() / divisor if reduction == "mean" else loss.sum()
