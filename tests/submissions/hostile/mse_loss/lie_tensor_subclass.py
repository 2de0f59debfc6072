# expect: fail: Evil
# rules: same
# why: The same as for relu, where the answer is a single number.
import torch


class Evil(torch.Tensor):
    def __eq__(self, other):
        return True

    def __float__(self):
        return 0.0


def mse_loss(input, target, reduction="mean"):
    if reduction not in ("none", "mean", "sum"):
        raise ValueError(reduction)
    return (input - target).sum().as_subclass(Evil)
