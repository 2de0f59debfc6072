# expect: fails values
# why: a ceiling of 100 against exploding activations is out of sight in small tests.
import torch


def relu(x: torch.Tensor) -> torch.Tensor:
    return x.clamp(0, 100)
