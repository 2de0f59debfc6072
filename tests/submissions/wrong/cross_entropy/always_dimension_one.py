# expect: fails unbatched
# why: Hard-codes dimension 1 for the classes, which a single row of logits does not have.
import torch


def cross_entropy(input, target, weight=None, ignore_index=-100, reduction="mean", label_smoothing=0.0):
    if reduction not in ["mean", "sum", "none"]:
        raise ValueError("reduction must be mean/sum/none")
    maximum = input.amax(dim=1, keepdim=True)
    lse = maximum + torch.log(torch.exp(input - maximum).sum(dim=1, keepdim=True))
    nlp = lse - input
    n_class = input.size(1)
    if weight is not None:
        nlp = nlp * weight.view(1, n_class, *[1] * (input.dim() - 2))
    if target.is_floating_point():
        loss = torch.sum(nlp * (target * (1 - label_smoothing) + label_smoothing / n_class), dim=1)
        total_weight = loss.numel()
    else:
        mask = target.eq(ignore_index)
        t = target.masked_fill(mask, 0)
        loss = (1 - label_smoothing) * nlp.gather(1, t.unsqueeze(1)).squeeze(1) + label_smoothing * nlp.mean(1)
        loss = loss.masked_fill(mask, 0)
        each = torch.ones_like(loss) if weight is None else weight[t]
        total_weight = each.masked_fill(mask, 0).sum()
    if reduction == "mean":
        return loss.sum() / total_weight
    return loss.sum() if reduction == "sum" else loss
