# expect: forbidden torch.sigmoid
# why: The default of a dataclass's field is the function.
from collections.abc import Callable
from dataclasses import dataclass

import torch


@dataclass
class Plan:
    work: Callable = torch.sigmoid


def sigmoid(x):
    return Plan().work(x)
