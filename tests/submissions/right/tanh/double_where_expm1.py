# expect: full marks
# why: expm1 keeps the digits of small inputs, the exponent is never positive, and where gives the magnitude a slope at 0.
import torch


def tanh(x: torch.Tensor) -> torch.Tensor:
    magnitude = torch.where(x < 0, -x, x)
    z = torch.expm1(-2 * magnitude)  # in (-1, 0]
    t = -z / (z + 2)
    return torch.where(x < 0, -t, t)
