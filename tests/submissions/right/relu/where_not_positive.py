# expect: full marks
# why: where(x <= 0, 0, x) has slope 0 at 0 and lets NaN and infinity through, as torch does.
import torch


def relu(x: torch.Tensor) -> torch.Tensor:
    return torch.where(x <= 0, torch.zeros_like(x), x)
