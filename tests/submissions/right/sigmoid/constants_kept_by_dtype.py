# expect: full marks
# why: Keeps a constant for each dtype in a dict, which no later call of that dtype changes.
import torch

ones: dict[torch.dtype, torch.Tensor] = {}


def sigmoid(x: torch.Tensor) -> torch.Tensor:
    if x.device.type == "cpu" and x.dtype not in ones:
        ones[x.dtype] = torch.ones((), dtype=x.dtype)
    one = ones[x.dtype] if x.device.type == "cpu" else 1.0
    negative = x < 0
    decay = torch.exp(torch.where(negative, x, -x))
    return torch.where(negative, decay, one) / (one + decay)
