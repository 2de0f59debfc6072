# expect: fails purity
# diagnosis: input-overwritten
# why: Keeps its answer in the caller's tensor as well, "to save memory".
import torch


def relu(x):
    rectified = torch.where(x <= 0, torch.zeros_like(x), x)
    x[...] = rectified
    return rectified
