# expect: forbidden torch.tanh
# why: The factory of a dataclass's field makes the function.
from dataclasses import dataclass, field
from functools import partial

import torch


@dataclass
class Plan:
    work: object = field(default_factory=partial(getattr, torch, "tanh"))


def tanh(x):
    return Plan().work(x)
