# expect: fails kink
# why: the gradient of hypot(x, 0) is x over its length, which is 0 / 0 at 0.
import torch


def relu(x: torch.Tensor) -> torch.Tensor:
    length = torch.hypot(x, torch.zeros_like(x))
    return (length + x) / 2
