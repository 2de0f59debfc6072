# expect: fails bad-reduction
# why: Asserts instead of raising ValueError.
import torch


def mse_loss(input, target, reduction="mean"):
    assert reduction in ["none", "mean", "sum"], "reduction must be none, mean or sum"
    squared = torch.square(input.add(-target))
    match reduction:
        case "mean":
            squared = squared.mean()
        case "sum":
            squared = squared.sum()
    return squared
