# expect: fails global-state
# why: deterministic algorithms are switched on for the whole process.
import torch


def tanh(x: torch.Tensor) -> torch.Tensor:
    torch.use_deterministic_algorithms(True)
    return 1 - 2 / (1 + torch.exp(2 * x))
