# expect: forbidden torch.nn.functional.silu
# why: The answer's own base is chosen by __mro_entries__.
from torch import nn


class Base:
    def __mro_entries__(self, bases):
        return tuple(value for name, value in vars(nn).items() if name == "SiLU")


class CustomActivation(Base()):
    pass
