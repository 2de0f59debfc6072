# expect: fails global-state
# why: a random number decides what happens at exactly 0 and is drawn on every call.
import torch


def relu(x: torch.Tensor) -> torch.Tensor:
    coin = torch.rand(x.shape, device=x.device)
    keep = (x > 0) | ((x == 0) & (coin > 2))
    return torch.where(keep, x, torch.zeros_like(x))
