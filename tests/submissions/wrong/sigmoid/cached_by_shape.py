# expect: fails values
# why: the result is remembered by shape, so the second input of a shape gets the first one's answer.
import torch

_cache = {}


def sigmoid(x: torch.Tensor) -> torch.Tensor:
    key = (tuple(x.shape), x.dtype, x.device, x.requires_grad)
    if key not in _cache:
        _cache[key] = 1 / (1 + torch.exp(-x))
    return _cache[key] * 1
