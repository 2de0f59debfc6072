# expect: full marks
# why: all trailing underscores work on tensors that forward made itself.
import torch
from torch import Tensor, nn


class CustomActivation(nn.Module):
    def forward(self, input: Tensor) -> Tensor:
        below = input.lt(0)
        z = input.abs().neg_().exp_()
        top = torch.ones_like(z).masked_fill_(below, 0)
        top.add_(z * below)
        return top.mul_(input).div(z.add(1))
