# expect: fails shape
# why: iterating over the rows fails for 0-d input, and an empty list cannot be stacked.
import torch


def tanh(x: torch.Tensor) -> torch.Tensor:
    rows = []
    for row in x:
        a, b = torch.exp(row), torch.exp(-row)
        rows.append((a - b) / (a + b))
    return torch.stack(rows)
