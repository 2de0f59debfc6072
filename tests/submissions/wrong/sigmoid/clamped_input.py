# expect: fails values, gradients
# why: clamping to 10 against overflow changes the answer beyond 10 and cuts the gradient there.
import torch


def sigmoid(x: torch.Tensor) -> torch.Tensor:
    x = torch.clamp(x, min=-10.0, max=10.0)
    return torch.exp(x) / (1 + torch.exp(x))
