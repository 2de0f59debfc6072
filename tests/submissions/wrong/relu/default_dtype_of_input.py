# expect: fails global-state
# why: the default dtype is set to the opposite precision for the mask and left there.
import torch


def relu(x: torch.Tensor) -> torch.Tensor:
    torch.set_default_dtype(torch.float16)
    gate = torch.ones(x.shape, device=x.device).masked_fill(x <= 0, 0)
    return x * gate.to(x.dtype)
