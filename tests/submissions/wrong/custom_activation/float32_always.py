# expect: fails dtype
# diagnosis: float32-kept, exp-overflows
# why: inputs are cast to float32 and the result is not cast back.
import torch
from torch import nn


class CustomActivation(nn.Module):
    def forward(self, input: torch.Tensor) -> torch.Tensor:
        x = torch.as_tensor(input, dtype=torch.float32)
        return x / (1 + torch.exp(-x))
