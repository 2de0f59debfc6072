# expect: fails elementwise
# why: a Python loop over the elements needs more operations for more numbers.
import torch


def sigmoid(x: torch.Tensor) -> torch.Tensor:
    out = torch.empty_like(x)
    flat = x.reshape(-1)
    results = [1 / (1 + torch.exp(-flat[i])) for i in range(flat.numel())]
    if not results:
        return out * x
    return torch.stack(results).reshape(x.shape)
