# expect: fails elementwise
# why: the input is cut in halves until one number is left, so the number of operations grows with the input.
import torch


def _solve(v):
    n = v.numel()
    if n <= 1:
        return 1 / (1 + torch.exp(-v))
    return torch.cat([_solve(v[: n // 2]), _solve(v[n // 2 :])])


def sigmoid(x: torch.Tensor) -> torch.Tensor:
    return _solve(x.reshape(-1)).reshape(x.shape)
