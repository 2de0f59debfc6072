# expect: fails stable-values, stable-gradients
# why: beyond 25 a small slope is added so that learning never stops.
import torch


def tanh(x: torch.Tensor) -> torch.Tensor:
    inside = torch.clamp(x, -25.0, 25.0)
    z = torch.exp(-2 * inside.abs())
    t = inside.sign() * (1 - z) / (1 + z)
    return t + 0.01 * (x - inside)
