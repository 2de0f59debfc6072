# expect: forbidden torch.nn.functional.silu
# why: The layer hides in a container.
import torch


class CustomActivation(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = torch.nn.ModuleList([torch.nn.SiLU()])

    def forward(self, input):
        for layer in self.layers:
            input = layer(input)
        return input
