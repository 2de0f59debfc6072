# expect: full marks
# why: Computes -log p_i as the soft maximum over j of x_j - x_i, which no shift of the logits can change.
import torch


def soft_maximum(values):
    hard = values.amax(dim=-1, keepdim=True)
    return (values - hard).exp().sum(dim=-1).log() + hard.squeeze(-1)


def cross_entropy(input, target, weight=None, ignore_index=-100, reduction="mean", label_smoothing=0.0):
    if reduction not in ("mean", "none", "sum"):
        raise ValueError(f"bad reduction {reduction}")
    channel = 0 if input.dim() == 1 else 1
    x = input.moveaxis(channel, -1)
    surprise = soft_maximum(x.unsqueeze(-2) - x.unsqueeze(-1))
    c = surprise.size(-1)
    if weight is not None:
        surprise = surprise * weight
    if target.is_floating_point():
        truth = target.moveaxis(channel, -1)
        mixture = torch.lerp(truth, torch.full_like(truth, 1 / c), label_smoothing)
        loss = torch.sum(surprise * mixture, dim=-1)
        divisor = loss.numel()
    else:
        skip = target == ignore_index
        t = target.masked_fill(skip, 0)
        hit = torch.gather(surprise, -1, t.unsqueeze(-1)).squeeze(-1)
        loss = torch.lerp(hit, surprise.mean(dim=-1), label_smoothing).masked_fill(skip, 0)
        ones = torch.ones_like(hit) if weight is None else weight[t]
        divisor = ones.masked_fill(skip, 0).sum()
    if reduction == "none":
        return loss
    return loss.sum() / (divisor if reduction == "mean" else 1)
