"""Whether the code that ran in a process has left a trace that another file would meet there.

One process answers for all exercises of a learner, one after the other. A file that changes torch would change what
the next one does: such a process is not handed on. Nobody gains by hiding a trace, since whatever one file could do to
another of the same learner it could do to itself; what is looked for are accidents.
"""

from __future__ import annotations

import builtins
import math
import operator
from collections.abc import Mapping

import torch
from torch import nn

from autograder.worker.settings import read_settings

# What the rules let an answer reach by name.
_HOLDERS = (
    builtins,
    math,
    torch,
    torch.Tensor,
    torch._C.TensorBase,
    torch.autograd,
    torch.autograd.Function,
    torch.nn.functional,
    torch.special,
    nn,
    nn.Module,
    nn.Parameter,
    nn.Buffer,
    nn.Sequential,
    nn.ModuleList,
    nn.ModuleDict,
    nn.ParameterList,
    nn.ParameterDict,
)


class Surroundings:
    """What a file finds when it is loaded, to be compared with what it leaves."""

    def __init__(self) -> None:
        self._names = [dict(vars(holder)) for holder in _HOLDERS]
        self._settings = read_settings()

    def unchanged(self) -> bool:
        """Whether the next file would find the same."""
        holders = zip(_HOLDERS, self._names, strict=True)
        return all(_same(vars(holder), names) for holder, names in holders) and read_settings() == self._settings


def _same(now: Mapping[str, object], before: Mapping[str, object]) -> bool:
    # Identity, not equality: a tensor in some value's place answers a comparison with a tensor.
    return len(now) == len(before) and all(map(operator.is_, now.values(), before.values()))
