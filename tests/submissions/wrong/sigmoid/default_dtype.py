# expect: fails dtype
# why: the result is cast to torch's default dtype instead of the input's.
import torch


def sigmoid(x: torch.Tensor) -> torch.Tensor:
    wide = x.double()
    y = 1 / (1 + torch.exp(-wide))
    return y.to(torch.get_default_dtype())
