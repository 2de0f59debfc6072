# expect: loses stable-values, stable-gradients, infinities
# diagnosis: exp-overflows
# why: exp(x) / (1 + exp(x)) is infinity over infinity for large x.
import torch
import torch.nn as nn


class CustomActivation(nn.Module):
    def forward(self, input: torch.Tensor) -> torch.Tensor:
        e = torch.exp(input)
        return input * e / (1 + e)
