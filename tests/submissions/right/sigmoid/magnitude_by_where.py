# expect: full marks
# why: the magnitude comes from where instead of abs, so its slope at 0 is 1 and the gradient there is a quarter.
import torch


def sigmoid(x: torch.Tensor) -> torch.Tensor:
    magnitude = torch.where(x < 0, -x, x)
    z = torch.exp(-magnitude)
    small, large = z / (1 + z), 1 / (1 + z)
    return torch.where(x < 0, small, large)
