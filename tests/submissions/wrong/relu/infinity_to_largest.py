# expect: fails infinities, nan
# why: nan_to_num replaces infinity with the largest float and NaN with 0.
import torch


def relu(x: torch.Tensor) -> torch.Tensor:
    cleaned = torch.nan_to_num(x)
    return torch.where(cleaned <= 0, torch.zeros_like(cleaned), cleaned)
