# expect: full marks
# why: Keeps the factor in a buffer that is not saved, as torch documents for constants that are no part of the state.
import torch
from torch import nn


class CustomLoss(nn.Module):
    def __init__(self, factor: float = 0.1) -> None:
        super().__init__()
        self.register_buffer("factor", torch.tensor(factor, dtype=torch.float64), persistent=False)

    def forward(self, output: torch.Tensor, target: torch.Tensor) -> torch.Tensor:
        return (output - target).square().mean() + self.factor * output.mean()
