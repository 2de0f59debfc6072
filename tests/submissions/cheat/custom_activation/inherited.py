# expect: forbidden torch.nn.functional.silu
# why: The class inherits the ready-made forward.
from torch import nn


class CustomActivation(nn.SiLU):
    pass
