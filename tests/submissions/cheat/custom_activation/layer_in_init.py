# expect: forbidden torch.nn.functional.silu
# why: The layer is made in the constructor.
from torch import nn


class CustomActivation(nn.Module):
    def __init__(self):
        super().__init__()
        self.activation = nn.SiLU()

    def forward(self, input):
        return self.activation(input)
