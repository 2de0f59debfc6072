# expect: forbidden value.item
# why: A helper's parameter is the tensor, and a field of the file is called item.
from dataclasses import dataclass

import torch


@dataclass
class Helper:
    item: float = 0.0


def positive(value):
    return value if value.item() > 0 else value * 0


def relu(x):
    return torch.stack([positive(value) for value in x.reshape(-1)]).reshape(x.shape)
