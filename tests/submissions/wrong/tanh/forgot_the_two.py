# expect: fails values
# diagnosis: half-the-argument, exp-overflows
# why: multiplying through by exp(x) gives exp(2x), not exp(x).
import torch


def tanh(x: torch.Tensor) -> torch.Tensor:
    e = torch.exp(x)
    return (e - 1) / (e + 1)
