# expect: fails values
# why: Takes the log-probability of the predicted class instead of the target's.
import torch


def cross_entropy(input, target, weight=None, ignore_index=-100, reduction="mean", label_smoothing=0.0):
    rows = input.unsqueeze(0) if input.dim() == 1 else input.transpose(1, -1)
    logits = rows - rows.amax(-1, keepdim=True)
    log_probs = logits - logits.exp().sum(-1, keepdim=True).log()
    prediction = log_probs.argmax(-1, keepdim=True)
    nll = -log_probs.gather(-1, prediction).squeeze(-1)
    if reduction == "none":
        return nll.reshape(target.shape)
    if reduction == "sum":
        return nll.sum()
    if reduction == "mean":
        return nll.mean()
    raise ValueError("reduction must be mean, sum or none")
