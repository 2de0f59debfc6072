# expect: fails elementwise
# why: the input is processed in chunks of two to save memory, which makes more operations for more numbers.
import torch


def relu(x: torch.Tensor) -> torch.Tensor:
    parts = [c.masked_fill(c <= 0, 0) for c in x.reshape(-1).split(2)]
    return torch.cat(parts).reshape(x.shape)
