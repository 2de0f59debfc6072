# expect: forbidden torch.nn.functional.mse_loss
# why: A generator returns the function with the exception that ends it.
import torch.nn.functional


def functions():
    return torch.nn.functional.mse_loss
    yield


def mse_loss(input, target, reduction="mean"):
    try:
        next(functions())
    except StopIteration as end:
        return end.value(input, target, reduction=reduction)
