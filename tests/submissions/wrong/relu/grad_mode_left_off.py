# expect: fails global-state
# why: gradients are switched off for the mask and stay off after the call.
import torch


def relu(x: torch.Tensor) -> torch.Tensor:
    y = torch.maximum(x, torch.zeros_like(x))
    torch.set_grad_enabled(False)
    if y.isnan().any():
        y = y + 0
    return y
