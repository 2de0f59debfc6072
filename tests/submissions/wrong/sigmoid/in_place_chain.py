# expect: fails purity
# why: the trailing underscores overwrite the caller's tensor.
import torch


def sigmoid(x: torch.Tensor) -> torch.Tensor:
    x.neg_().exp_().add_(1)
    return x.reciprocal()
