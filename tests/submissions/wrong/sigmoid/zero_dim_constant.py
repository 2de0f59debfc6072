# expect: fails dtype
# why: a 0-d float32 constant promotes a 0-d half input to float32.
import torch

ONE = torch.tensor(1.0)


def sigmoid(x: torch.Tensor) -> torch.Tensor:
    return ONE / (ONE + torch.exp(-x))
