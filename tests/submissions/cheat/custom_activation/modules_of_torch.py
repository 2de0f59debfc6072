# expect: forbidden activation.SiLU
# why: The layer is imported from where torch keeps it.
from torch import nn
from torch.nn.modules import activation


class CustomActivation(nn.Module):
    def forward(self, input):
        return activation.SiLU()(input)
