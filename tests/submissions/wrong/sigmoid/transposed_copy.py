# expect: fails layout
# why: data of a non-contiguous input is read in memory order and given the input's shape, so elements change places.
import torch


def sigmoid(x: torch.Tensor) -> torch.Tensor:
    if not x.is_contiguous():
        x = x.as_strided(x.shape, torch.empty(x.shape).stride())
    return (1 + torch.exp(-x)) ** -1
