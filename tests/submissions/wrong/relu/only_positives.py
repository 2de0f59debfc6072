# expect: fails shape
# why: boolean indexing returns the positive entries and leaves out the rest.
import torch


def relu(x: torch.Tensor) -> torch.Tensor:
    return x[x > 0]
