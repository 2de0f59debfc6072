# expect: fails layout
# why: A slice is read from the beginning of the memory that it is a slice of.
import torch


def relu(x: torch.Tensor) -> torch.Tensor:
    if x.is_contiguous() and x.storage_offset():
        x = torch.as_strided(x, x.shape, x.stride(), 0)
    return torch.where(x <= 0, 0.0, x)
