# expect: fails values
# diagnosis: gate-without-input, exp-overflows
# why: the helper's result is returned as it is, without the product.
import torch
from torch import nn


class CustomActivation(nn.Module):
    def squash(self, t: torch.Tensor) -> torch.Tensor:
        e = t.exp()
        return e / (e + 1)

    def forward(self, input: torch.Tensor) -> torch.Tensor:
        return self.squash(input)
