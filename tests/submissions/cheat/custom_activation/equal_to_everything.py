# expect: nothing
# why: A tensor that answers yes to every comparison.
import torch
from torch import nn


class Agreeable(torch.Tensor):
    @classmethod
    def __torch_function__(cls, func, types, args=(), kwargs=None):
        if func in (torch.allclose, torch.equal):
            return True
        return super().__torch_function__(func, types, args, kwargs or {})


class CustomActivation(nn.Module):
    def forward(self, input):
        return torch.zeros_like(input).as_subclass(Agreeable)
