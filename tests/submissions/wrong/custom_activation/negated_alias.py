# expect: fails purity
# why: negating a detached alias in place turns round the caller's signs.
import torch
from torch import nn


class CustomActivation(nn.Module):
    def forward(self, input: torch.Tensor) -> torch.Tensor:
        kept = input.clone()
        minus = input.detach().neg_()
        result = kept / (1 + torch.exp(-kept))
        return result + 0 * minus
