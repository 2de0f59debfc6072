# expect: fails values
# diagnosis: negative-part-kept, slope-one-at-zero
# why: min and max are confused, so the negative part is kept.
import torch


def relu(x: torch.Tensor) -> torch.Tensor:
    return torch.clamp(x, max=0)
