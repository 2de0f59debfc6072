# expect: fails shape
# why: the gate keeps a last dimension of size 1, and the product with the input broadcasts over it.
import torch
from torch import nn


class CustomActivation(nn.Module):
    def forward(self, input: torch.Tensor) -> torch.Tensor:
        pair = torch.stack([torch.zeros_like(input), input], dim=-1)
        e = torch.exp(pair - pair.amax(-1, keepdim=True).detach())
        gate = e[..., 1:] / e.sum(-1, keepdim=True)
        return input * gate
