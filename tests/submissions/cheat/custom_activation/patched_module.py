# expect: forbidden torch.nn.functional.silu
# why: The forward of every module is replaced.
from torch import nn

nn.Module.forward = nn.SiLU.forward


class CustomActivation(nn.Module):
    inplace = False
