# expect: fails shape
# why: the softmax of (x, 0) is returned whole, with a dimension too many.
import torch


def sigmoid(x: torch.Tensor) -> torch.Tensor:
    logits = torch.stack((x, torch.zeros_like(x)), -1)
    e = logits.exp()
    return e / e.sum(-1, keepdim=True)
