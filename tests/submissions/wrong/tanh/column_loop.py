# expect: fails elementwise
# why: the output is filled position by position along the last dimension.
import torch


def tanh(x: torch.Tensor) -> torch.Tensor:
    work = x.reshape(-1)
    out = torch.zeros_like(work)
    for i in range(work.shape[0]):
        m = torch.expm1(-2 * work[i])
        out[i] = -m / (m + 2)
    return out.reshape(x.shape)
