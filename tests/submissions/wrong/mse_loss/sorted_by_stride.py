# expect: fails layout
# why: Orders the dimensions of each tensor by its own strides before pairing the elements.
import torch


def in_memory_order(t):
    order = sorted(range(t.dim()), key=lambda d: t.stride(d), reverse=True)
    return t.permute(order).flatten() if order else t.flatten()


def mse_loss(input, target, reduction="mean"):
    if reduction == "none":
        return (input - target) ** 2
    gap = in_memory_order(input) - in_memory_order(target)
    total = torch.sum(gap**2)
    if reduction == "sum":
        return total
    if reduction == "mean":
        return total / gap.numel()
    raise ValueError("reduction")
