# expect: loses infinities
# why: the softmax over (x, 0) subtracts the larger logit, and infinity minus infinity is NaN.
import torch
from torch import nn


class CustomActivation(nn.Module):
    def softmax(self, logits):
        top = logits.max(dim=0, keepdim=True).values.detach()
        e = torch.exp(logits - top)
        return e / e.sum(dim=0, keepdim=True)

    def forward(self, input: torch.Tensor) -> torch.Tensor:
        both = torch.stack([input, torch.zeros_like(input)])
        return input * self.softmax(both)[0]
