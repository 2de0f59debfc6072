# expect: fails stable-values, nan
# why: infinity over infinity is replaced by 0, which is the wrong end for large positive x.
import torch


def sigmoid(x: torch.Tensor) -> torch.Tensor:
    e = torch.exp(x)
    return (e / (1 + e)).nan_to_num(nan=0.0)
