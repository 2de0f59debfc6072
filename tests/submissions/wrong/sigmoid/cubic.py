# expect: fails laws, values
# why: the cubic Taylor polynomial turns round beyond 2 and leaves [0, 1].
import torch


def sigmoid(x: torch.Tensor) -> torch.Tensor:
    return 0.5 + x / 4 - x**3 / 48
