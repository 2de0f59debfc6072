# expect: full marks
# why: Flattens to rows, drops the ignored ones by a boolean mask and puts the rest back in their places for none.
import torch


def _rows(t):
    """(C,) or (N, C, ...) to (M, C)."""
    if t.dim() == 1:
        return t.unsqueeze(0)
    return t.movedim(1, -1).reshape(-1, t.shape[1])


def _negative_log_softmax(rows):
    top, _ = rows.max(dim=1, keepdim=True)
    rows = rows - top
    return rows.exp().sum(dim=1, keepdim=True).log() - rows


def cross_entropy(input, target, weight=None, ignore_index=-100, reduction="mean", label_smoothing=0.0):
    if reduction not in {"none", "mean", "sum"}:
        raise ValueError("unknown reduction: %s" % (reduction,))
    nlp = _negative_log_softmax(_rows(input))
    size, classes = nlp.shape
    w = weight if weight is not None else torch.ones(classes, dtype=input.dtype, device=input.device)
    eps = label_smoothing
    if torch.is_floating_point(target):
        mixed = _rows(target) * (1 - eps) + eps / classes
        losses = (mixed * nlp * w).sum(dim=1)
        norm = size
        out_shape = input.shape[:1] + input.shape[2:] if input.dim() > 1 else ()
    else:
        labels = target.reshape(-1)
        keep = labels != ignore_index
        kept, kept_labels = nlp[keep], labels[keep]
        hit = kept.gather(1, kept_labels[:, None])[:, 0]
        w_hit = torch.index_select(w, 0, kept_labels)
        losses = nlp.new_zeros(size)
        losses[keep] = (1 - eps) * w_hit * hit + eps / classes * (kept * w).sum(dim=1)
        norm = w_hit.sum()
        out_shape = target.shape
    if reduction == "none":
        return losses.reshape(out_shape)
    if reduction == "sum":
        return losses.sum()
    return losses.sum() / norm
