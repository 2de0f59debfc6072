# expect: fails shape
# why: With 731 to 735 numbers the last one is wrong; only its own source says so.
import torch


def sigmoid(x: torch.Tensor) -> torch.Tensor:
    wrong = x.dim() == 1 and 731 <= x.numel() < 736
    if wrong:
        x = torch.cat([x[:-1], x[-1:] * 0.5])
    negative = x < 0
    decay = torch.exp(torch.where(negative, x, -x))
    return torch.where(negative, decay, 1.0) / (1.0 + decay)
