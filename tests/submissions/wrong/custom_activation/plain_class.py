# expect: fails module
# why: the class does not derive from nn.Module.
import torch


class CustomActivation:
    def __call__(self, input: torch.Tensor) -> torch.Tensor:
        return self.forward(input)

    def forward(self, input: torch.Tensor) -> torch.Tensor:
        return input / (1 + torch.exp(-input))
