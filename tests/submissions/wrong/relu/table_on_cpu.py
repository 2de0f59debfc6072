# expect: fails device
# why: a lookup table on the CPU is indexed with numbers that live elsewhere.
import torch

GATES = torch.tensor([0.0, 1.0])


def relu(x: torch.Tensor) -> torch.Tensor:
    index = (x > 0).long()
    return x * GATES[index].to(x.dtype)
