# expect: fails purity
# why: Every call adds to a list of the file: memory grows without end.
import torch

seen: list[float] = []


def sigmoid(x: torch.Tensor) -> torch.Tensor:
    seen.append(1.0)
    negative = x < 0
    decay = torch.exp(torch.where(negative, x, -x))
    return torch.where(negative, decay, 1.0) / (1.0 + decay)
