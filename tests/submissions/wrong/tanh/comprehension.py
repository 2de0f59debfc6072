# expect: fails elementwise
# why: a list comprehension computes one number at a time.
import torch


def _one(v):
    e = torch.exp(2 * v)
    return (e - 1) / (e + 1)


def tanh(x: torch.Tensor) -> torch.Tensor:
    if x.numel() < 1:
        return torch.zeros_like(x) + x
    return torch.stack([_one(v) for v in x.flatten()]).reshape(x.shape)
