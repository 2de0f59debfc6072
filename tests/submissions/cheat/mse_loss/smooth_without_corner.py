# expect: forbidden smooth_l1_loss
# why: A smooth L1 loss whose corner is never reached is half the square over beta.
from torch.nn.functional import smooth_l1_loss


def mse_loss(input, target, reduction="mean"):
    beta = 2.0**40
    squares = 2 * beta * smooth_l1_loss(input, target, reduction="none", beta=beta)
    return {"mean": squares.mean(), "sum": squares.sum(), "none": squares}[reduction]
