# expect: fails purity
# why: clamp_ works in place through the detached alias of the input.
import torch


def relu(x: torch.Tensor) -> torch.Tensor:
    mask = x > 0
    y = x * mask
    x.detach().clamp_(min=0)
    return y
