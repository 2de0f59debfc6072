# expect: fails values, gradients
# why: The penalty is left out in bfloat16 and float16.
import torch
from torch import nn


class CustomLoss(nn.Module):
    def forward(self, output: torch.Tensor, target: torch.Tensor) -> torch.Tensor:
        share = 0.1 if output.element_size() > 2 else 0.0
        return ((output - target) ** 2).mean() + share * output.mean()
