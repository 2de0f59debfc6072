# expect: full marks
# why: exp(min(x, 0)) and exp(-max(x, 0)) are both at most 1 and their ratio is the sigmoid, at exactly 0 as well.
import torch


def sigmoid(x: torch.Tensor) -> torch.Tensor:
    """Softmax over the logits (x, 0), shifted by max(x, 0)."""
    zero = torch.zeros_like(x)
    yes = torch.exp(torch.minimum(x, zero))
    no = torch.exp(-torch.maximum(x, zero))
    return yes / (yes + no)
