# expect: full marks
# why: A named tuple with fields called classes, sparse and func, mapped over and zipped.
from typing import Generic, NamedTuple, TypeVar

import torch

T = TypeVar("T")


class Sides(NamedTuple):
    classes: torch.Tensor
    sparse: torch.Tensor
    func: object


class Holder(Generic[T]):
    def __init__(self, data: T) -> None:
        self.data = data


def tanh(x):
    negative = x < 0
    sides = Sides(negative, torch.where(negative, x, -x), torch.expm1)
    held = Holder[torch.Tensor](sides.func(2.0 * sides.sparse))
    signs = [sign for sign, _ in zip((1.0, -1.0), sides, strict=False)]
    up, down = map(lambda sign: sign * held.data, signs)
    return torch.where(sides.classes, up, down) / (held.data + 2.0)
