# expect: fails layout
# why: reshape of a non-contiguous clone is a copy, so zeroing it leaves the output as it was.
import torch


def relu(x: torch.Tensor) -> torch.Tensor:
    out = x.clone()
    numbers = out.reshape(-1)
    numbers.masked_fill_(numbers < 0, 0)
    return out
