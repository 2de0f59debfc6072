# expect: fails kink
# why: the square root has infinite slope at 0, so the gradient there is 0 times infinity.
import torch


def relu(x: torch.Tensor) -> torch.Tensor:
    magnitude = torch.sqrt(x * x)
    return 0.5 * (x + magnitude)
