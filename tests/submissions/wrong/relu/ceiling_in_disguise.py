# expect: fails stable-values, infinities
# why: a ceiling that is far away is still a ceiling.
import torch


def relu(x: torch.Tensor) -> torch.Tensor:
    top = min(1e30, torch.finfo(x.dtype).max / 2)
    return torch.where(x <= 0, 0.0, x).clamp(max=top)
