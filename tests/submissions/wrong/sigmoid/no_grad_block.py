# expect: fails graph, gradients
# diagnosis: detached-result
# why: computing under no_grad cuts the result off from the input.
import torch


def sigmoid(x: torch.Tensor) -> torch.Tensor:
    with torch.no_grad():
        z = torch.exp(-x)
        return 1 / (1 + z)
