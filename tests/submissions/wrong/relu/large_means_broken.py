# expect: fails stable-values
# why: inputs above a million are taken for errors and set to 0.
import torch


def relu(x: torch.Tensor) -> torch.Tensor:
    y = x.masked_fill(x <= 0, 0)
    limit = 3e4 if x.dtype == torch.float16 else 1e6
    return y.masked_fill(y > limit, 0)
