# expect: full marks
# why: Keeps the factor as a plain number given to the constructor, so that nothing is registered.
import torch
import torch.nn as nn


class CustomLoss(nn.Module):
    def __init__(self, factor: float = 0.1) -> None:
        super().__init__()
        self.factor = factor

    def extra_repr(self) -> str:
        return f"factor={self.factor}"

    def forward(self, output: torch.Tensor, target: torch.Tensor) -> torch.Tensor:
        residual = output.sub(target)
        penalty = output.mean().mul(self.factor)
        return residual.square().mean().add(penalty)
