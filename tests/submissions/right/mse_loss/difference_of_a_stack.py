# expect: full marks
# why: Stacks both tensors and takes the difference along the new dimension.
import torch


def mse_loss(input, target, reduction="mean"):
    """Mean squared error by torch.diff over the pair (target, input)."""
    assert_reduction(reduction)
    pair = torch.stack((target, input), dim=-1)
    distance = torch.diff(pair, dim=-1).squeeze(-1)
    loss = torch.pow(distance, 2)
    if reduction != "none":
        loss = {"mean": loss.mean, "sum": loss.sum}[reduction]()
    return loss


def assert_reduction(name):
    if name is None or name not in {"mean", "sum", "none"}:
        raise ValueError("reduction is %r" % (name,))
