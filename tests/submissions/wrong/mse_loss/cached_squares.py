# expect: fails purity
# why: Keeps the squares of a pair of tensors for the next reduction, whatever is written into them meanwhile.
import functools

import torch


@functools.lru_cache(maxsize=32)
def squares(input, target):
    return (input - target) ** 2


def mse_loss(input, target, reduction="mean"):
    if reduction not in ("none", "sum", "mean"):
        raise ValueError(f"reduction={reduction}")
    found = squares(input, target)
    return found if reduction == "none" else getattr(found, reduction)()
