# expect: full marks
# why: Wraps the work in a class of its own that the required function only calls.
import torch
from torch import Tensor, nn


class _Squared(nn.Module):
    def __init__(self, reduction: str) -> None:
        super().__init__()
        if not isinstance(reduction, str) or reduction not in "none mean sum".split():
            raise ValueError(f"unexpected reduction: {reduction}")
        self.how = reduction

    def forward(self, prediction: Tensor, truth: Tensor) -> Tensor:
        error = prediction.subtract(truth)
        error = error.multiply(error)
        if self.how == "none":
            return error
        total = error.sum()
        return total if self.how == "sum" else total.div(error.numel())


def mse_loss(input: Tensor, target: Tensor, reduction: str = "mean") -> Tensor:
    return _Squared(reduction)(input, target)
