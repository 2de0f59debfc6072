# expect: fails precision, accuracy
# diagnosis: float32-inside, exp-overflows
# why: converts to float32 for speed and back at the end.
import torch
from torch import nn


class CustomActivation(nn.Module):
    def forward(self, input: torch.Tensor) -> torch.Tensor:
        kind = input.dtype
        quick = input.float()
        return quick.div(quick.neg().exp() + 1).type(kind)
