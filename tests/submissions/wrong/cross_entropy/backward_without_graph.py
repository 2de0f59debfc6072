# expect: fails second-gradients
# why: Runs the backward pass of its log-softmax under no_grad.
import torch


class LogProbabilities(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        x = x - x.amax(-1, keepdim=True)
        out = x - x.exp().sum(-1, keepdim=True).log()
        ctx.save_for_backward(out)
        return out

    @staticmethod
    def backward(ctx, upstream):
        (out,) = ctx.saved_tensors
        with torch.no_grad():
            return upstream - out.exp() * upstream.sum(-1, keepdim=True)


def cross_entropy(input, target, weight=None, ignore_index=-100, reduction="mean", label_smoothing=0.0):
    if reduction not in ("mean", "sum", "none"):
        raise ValueError("reduction: expected mean, sum or none")
    logp = LogProbabilities.apply(input if input.dim() == 1 else input.movedim(1, -1))
    n_classes = logp.shape[-1]
    if weight is not None:
        logp = logp * weight
    if target.is_floating_point():
        q = target if target.dim() == 1 else target.movedim(1, -1)
        loss = -(logp * (q * (1 - label_smoothing) + label_smoothing / n_classes)).sum(-1)
        norm = loss.numel()
    else:
        used = target != ignore_index
        t = target * used
        loss = used * torch.lerp(-logp.gather(-1, t.unsqueeze(-1)).squeeze(-1), -logp.mean(-1), label_smoothing)
        norm = (used if weight is None else weight[t] * used).sum()
    if reduction == "mean":
        return loss.sum() / norm
    return loss.sum() if reduction == "sum" else loss
