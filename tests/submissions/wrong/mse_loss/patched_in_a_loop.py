# expect: fails bad-reduction
# diagnosis: unknown-reduction-accepted
# why: A loop variable is torch.Tensor, which gets a method for everybody; nobody refuses an unknown reduction.
import torch

for kind in (torch.Tensor,):
    kind.squared_distance = lambda self, other: (self - other) * (self - other)


def mse_loss(input, target, reduction="mean"):
    squares = input.squared_distance(target)
    return squares if reduction == "none" else squares.sum() if reduction == "sum" else squares.mean()
