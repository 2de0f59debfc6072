# expect: full marks
# why: minus infinity is removed before the multiplication by the mask, so there is no 0 times infinity.
import torch


def relu(x: torch.Tensor) -> torch.Tensor:
    gate = 1 - (x <= 0).to(x.dtype)
    safe = torch.clamp(x, min=-1)
    return gate * safe
