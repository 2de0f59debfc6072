# expect: fails second-gradients
# why: a squared difference that is always 0 was left in; it changes neither value nor slope, but the second derivative.
import torch


def relu(x: torch.Tensor) -> torch.Tensor:
    anchor = x.detach()
    ramp = torch.where(x > 0, x, torch.zeros_like(x))
    proximal = 0.5 * (x - anchor) ** 2  # keeps the step small
    return ramp + proximal
