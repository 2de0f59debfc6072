# expect: fails device, elementwise
# why: each element is compared in Python, which waits for the device every time.
import torch
from torch import nn


class CustomActivation(nn.Module):
    def forward(self, input: torch.Tensor) -> torch.Tensor:
        out = torch.zeros_like(input).reshape(-1)
        for i, v in enumerate(input.reshape(-1)):
            if bool(v < 0):
                e = torch.exp(v)
                out[i] = v * e / (1 + e)
            else:
                out[i] = v / (1 + torch.exp(-v))
        return out.reshape(input.shape)
