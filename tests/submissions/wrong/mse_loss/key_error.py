# expect: fails bad-reduction
# why: Lets the lookup's KeyError out, which is not a ValueError.
import torch

REDUCE = {
    "mean": lambda t: t.mean(),
    "sum": lambda t: t.sum(),
    "none": lambda t: t,
}


def mse_loss(input, target, reduction="mean"):
    reduce = REDUCE[reduction]
    return reduce(torch.pow(torch.sub(input, target), 2))
