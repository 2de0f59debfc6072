# expect: fails values, laws
# why: three terms of the series leave [-1, 1] soon.
import torch


def tanh(x: torch.Tensor) -> torch.Tensor:
    coefficients = (1.0, -1.0 / 3.0, 2.0 / 15.0)
    total = torch.zeros_like(x)
    power = x
    for c in coefficients:
        total = total + c * power
        power = power * x * x
    return total
