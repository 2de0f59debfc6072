# expect: fails dtype
# diagnosis: float32-kept, exp-overflows
# why: the result stays float32 whatever came in.
import torch


def sigmoid(x: torch.Tensor) -> torch.Tensor:
    x = x.float()  # so that integers work too
    return 1 / (1 + torch.exp(-x))
