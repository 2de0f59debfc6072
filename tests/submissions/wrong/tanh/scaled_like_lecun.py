# expect: fails laws, values
# why: LeCun's 1.7159 tanh(2x / 3) leaves [-1, 1].
import torch


def tanh(x: torch.Tensor) -> torch.Tensor:
    e = torch.exp(2 * (2.0 / 3.0 * x))
    return 1.7159 * (e - 1) / (e + 1)
