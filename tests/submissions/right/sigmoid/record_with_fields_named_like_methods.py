# expect: full marks
# why: Fields of an own record have names that methods of torch have, too.
from __future__ import annotations

from dataclasses import dataclass, replace
from functools import reduce

import torch


@dataclass(frozen=True)
class Piece:
    data: torch.Tensor
    masked: torch.Tensor
    func: object = torch.exp

    @classmethod
    def of(cls, x):
        return cls(data=x, masked=x < 0)

    def mapped(self):
        return replace(self, data=self.func(self.data))


def sigmoid(x):
    piece = Piece.of(x)
    piece = replace(piece, data=torch.where(piece.masked, piece.data, -piece.data)).mapped()
    top = torch.where(piece.masked, piece.data, 1.0)
    return reduce(torch.div, [top, 1.0 + piece.data])
