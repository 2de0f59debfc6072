# expect: forbidden F.scaled_dot_product_attention
# why: Attention over the identity gives the softmax.
import torch
import torch.nn.functional as F


def cross_entropy(input, target, weight=None, ignore_index=-100, reduction="mean", label_smoothing=0.0):
    classes = input.shape[1]
    eye = torch.eye(classes, dtype=input.dtype)
    p = F.scaled_dot_product_attention(input.unsqueeze(0), eye.unsqueeze(0), eye.unsqueeze(0), scale=1.0)[0]
    log_p = torch.log(p)
    picked = -log_p.gather(1, target.unsqueeze(1)).squeeze(1)
    return {"mean": picked.mean(), "sum": picked.sum(), "none": picked}[reduction]
