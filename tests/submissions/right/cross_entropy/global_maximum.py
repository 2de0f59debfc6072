# expect: loses stable-values, stable-gradients, empty-batch
# why: Shifts all rows by one maximum, which leaves rows far below it at log 0 and does not exist for an empty batch.
import torch


def cross_entropy(input, target, weight=None, ignore_index=-100, reduction="mean", label_smoothing=0.0):
    if reduction not in ("mean", "sum", "none"):
        raise ValueError("Please choose mean, sum or none as the reduction")
    c_dim = int(input.dim() > 1)
    nc = input.shape[c_dim]
    safe_input = input - input.max()
    log_norm = torch.log(torch.exp(safe_input).sum(c_dim, keepdim=True))
    logp = safe_input - log_norm
    if weight is not None:
        weight_view = weight[(...,) + (None,) * (input.dim() - c_dim - 1)]
        wlogp = logp * weight_view
    else:
        weight = input.new_ones(nc)
        wlogp = logp
    if target.is_floating_point():
        loss = -(wlogp * (target * (1 - label_smoothing) + label_smoothing / nc)).sum(c_dim)
        if reduction == "mean":
            return loss.mean()
    else:
        ok = target != ignore_index
        idx = target.clone()
        idx[~ok] = 0
        loss = -(1 - label_smoothing) * wlogp.gather(c_dim, idx.unsqueeze(c_dim)).squeeze(c_dim)
        loss = loss - label_smoothing * wlogp.mean(c_dim)
        loss = loss.masked_fill(~ok, 0)
        if reduction == "mean":
            return loss.sum() / weight[idx].masked_fill(~ok, 0).sum()
    return loss.sum() if reduction == "sum" else loss
