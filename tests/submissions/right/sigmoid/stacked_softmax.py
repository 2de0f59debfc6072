# expect: loses infinities
# diagnosis: nan-at-infinity
# why: the shifted softmax over (x, 0) is stable for every finite x, but infinity minus infinity is NaN.
import torch


def sigmoid(x: torch.Tensor) -> torch.Tensor:
    logits = torch.stack([x, torch.zeros_like(x)], dim=-1)
    shifted = logits - logits.amax(dim=-1, keepdim=True).detach()
    weights = shifted.exp()
    return weights[..., 0] / weights.sum(dim=-1)
