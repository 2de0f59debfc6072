# expect: forbidden nn.SiLU
# why: A table of the ready-made function in a buffer, which a module makes of it.
import torch
from torch import nn


class CustomActivation(nn.Module):
    def __init__(self):
        super().__init__()
        table = nn.Sequential(nn.SiLU())(torch.linspace(-16, 16, 4096, dtype=torch.float64))
        self.register_buffer("table", table, persistent=False)

    def forward(self, x):
        place = ((x.double().clamp(-16, 16) + 16) / 32 * 4095).round().long()
        return self.table.to(x.device)[place].to(x.dtype)
