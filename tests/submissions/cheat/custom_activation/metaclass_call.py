# expect: forbidden torch.nn.functional.silu
# why: A metaclass makes something else of the instance.
import torch
from torch import nn


class Swapping(type):
    def __call__(cls, *args, **kwargs):
        made = super().__call__(*args, **kwargs)
        made.work = getattr(nn, "Si" + "LU")()
        return made


class CustomActivation(nn.Module, metaclass=Swapping):
    def forward(self, x):
        return self.work(x)
