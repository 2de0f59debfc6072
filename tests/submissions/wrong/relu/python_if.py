# expect: fails elementwise, device
# why: a Python if on each element is one operation and one wait for the device per number.
import torch


def relu(x: torch.Tensor) -> torch.Tensor:
    items = []
    for v in x.reshape(-1):
        if v > 0:
            items.append(v)
        else:
            items.append(torch.zeros_like(v))
    if len(items) == 0:
        return x + 0
    return torch.stack(items).reshape(x.shape)
