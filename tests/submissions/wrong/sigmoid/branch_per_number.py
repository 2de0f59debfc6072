# expect: fails device, elementwise
# why: an if on every element waits for the device once a number.
import torch


def sigmoid(x: torch.Tensor) -> torch.Tensor:
    if x.numel() == 0:
        return x.clone()
    pieces = []
    for value in x.reshape(-1):
        if value >= 0:
            pieces.append(1 / (1 + torch.exp(-value)))
        else:
            e = torch.exp(value)
            pieces.append(e / (1 + e))
    return torch.stack(pieces).view(x.size())
