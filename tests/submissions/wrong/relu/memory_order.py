# expect: fails layout
# why: the input's memory is read with the strides of a contiguous tensor.
import torch


def relu(x: torch.Tensor) -> torch.Tensor:
    flat = torch.as_strided(x, (x.numel(),), (1,))
    return torch.clamp(flat, min=0).reshape(x.shape)
