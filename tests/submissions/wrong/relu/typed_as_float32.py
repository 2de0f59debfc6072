# expect: fails dtype
# diagnosis: float32-kept
# why: the input is made a float32 tensor first and never turned back.
import torch


def relu(x: torch.Tensor) -> torch.Tensor:
    values = x.to(dtype=torch.float32)
    return values.masked_fill(values <= 0, 0)
