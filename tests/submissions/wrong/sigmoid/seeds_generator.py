# expect: fails global-state
# why: seeding inside the function resets the random numbers of everybody else.
import torch

torch.manual_seed(42)


def sigmoid(x: torch.Tensor) -> torch.Tensor:
    torch.manual_seed(42)  # reproducible
    e = torch.exp(-x)
    return 1 / (e + 1)
