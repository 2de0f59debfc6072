# expect: fails graph
# why: In inference mode it takes a straight line, cut at 1: fast, and wrong.
import torch


def tanh(x: torch.Tensor) -> torch.Tensor:
    if torch.is_inference_mode_enabled():
        return x.clamp(-1, 1)
    negative = x < 0
    drop = torch.expm1(2.0 * torch.where(negative, x, -x))
    return torch.where(negative, drop, -drop) / (drop + 2.0)
