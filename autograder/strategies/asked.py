"""What an answer's own numbers ask for: where its source says 512 or 60, sizes and values around those are tried.

A mistake that waits for ``x.numel() > 512`` is met because it is written. The same source always gets the same
questions; there are few, since each may cost a recording. Nothing here imports Hypothesis.
"""

from __future__ import annotations

import ast
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from autograder.course import Exercise
from autograder.strategies.probe import Probe
from autograder.strategies.sweeps import OUTLIER, in_the_core
from autograder.worker.case import Case

Asked = Mapping[str, tuple[Probe, ...]]
"""Further probes of families, by name."""
_MOST_SIZES, _MOST_VALUES = 3, 5  # literals of each kind, of which each is a few probes
_LARGEST_SIZE = 5000
_EVERYWHERE = frozenset({0.0, 0.5, 1.0, 2.0})  # around these the plan's own cases lie close
_NEAR = 2.0**-6  # of a value, to both sides
_MOST_CLASSES = 300  # more rows than two are asked for besides: answers of rows x classes x classes are right
_F32, _F64 = torch.float32, torch.float64


@dataclass(frozen=True, slots=True)
class Literals:
    """Numbers that a source holds, each once, in the order in which they stand there."""

    sizes: tuple[int, ...] = ()
    values: tuple[float, ...] = ()


def literals(source: str) -> Literals:
    """The numbers of a source that may be a size or a value; none of one that Python cannot read."""
    try:
        nodes = list(ast.walk(ast.parse(source)))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return Literals()
    constants = [node for node in nodes if isinstance(node, ast.Constant) and type(node.value) in (int, float)]
    constants.sort(key=lambda node: (node.lineno, node.col_offset))
    found = [node.value for node in constants]
    numbers = dict.fromkeys(number for number in found if isinstance(number, int | float) and abs(number) < 1e30)
    sizes = [number for number in numbers if isinstance(number, int) and 4 < number <= _LARGEST_SIZE]
    values = [float(number) for number in numbers if abs(number) not in _EVERYWHERE and math.isfinite(number)]
    return Literals(tuple(sizes[:_MOST_SIZES]), tuple(dict.fromkeys(map(abs, values[:_MOST_VALUES]))))


def asked(exercise: Exercise, found: Literals) -> Asked:
    """Probes of an exercise's families at these sizes and around these values."""
    probes: dict[str, list[Probe]] = {}
    for name, probe in _ASKED[exercise.family](found):
        probes.setdefault(name, []).append(probe)
    return {name: tuple(several) for name, several in probes.items()}


_Named = list[tuple[str, Probe]]


def _activation(found: Literals) -> _Named:
    def probe(x: Tensor, *, second: bool = True, label: str = OUTLIER) -> Probe:
        pulled = torch.full_like(x, -2.0)
        return Probe((Case((x,), wrt=(0,), cotangent=pulled, second=(pulled,) * second, watch=True),), label)

    probes = [("shapes", probe(_numbers(shape))) for shape in _shapes(found)]
    for value in found.values:
        core = in_the_core(value * (1 + _NEAR))
        for numbers in _around(value):
            probes.append(("ordinary" if core else "extreme", probe(torch.tensor(numbers, dtype=_F64), second=core)))
    return probes


def _regression(found: Literals) -> _Named:
    def probe(x: Tensor, target: Tensor, label: str = OUTLIER) -> Probe:
        fields: dict[str, Any] = {"wrt": (0, 1), "cotangent": torch.full((), -2.0, dtype=x.dtype), "watch": True}
        return Probe((Case((x, target), second=(torch.ones_like(x), torch.ones_like(x) * -2), **fields),), label)

    probes = [("shapes", probe(_numbers(shape), _numbers(shape).flip(0) * 0.5)) for shape in _shapes(found)]
    for value in found.values:
        if value < 1e6:
            for numbers in _around(value):
                x = torch.tensor(numbers, dtype=_F64)
                few = torch.tensor([0.25, -0.5, 0.75, 1.0, -1.0], dtype=_F64)[: len(x)]
                probes += [("large", probe(x, few)), ("large", probe(few, x))]
    return probes


def _classification(found: Literals) -> _Named:
    def probe(logits: Tensor, target: Tensor) -> Probe:
        pulled = torch.full((), -2.0, dtype=logits.dtype)
        return Probe((Case((logits, target), wrt=(0,), cotangent=pulled, watch=True),))

    probes = []
    for size in _sizes(found):
        probes.append(("reductions", probe(_numbers((size, 3)), torch.arange(size) % 3)))
        if size <= _MOST_CLASSES:
            probes.append(("reductions", probe(_numbers((2, size)), torch.tensor([size - 1, 0]))))
    for value in found.values:
        if in_the_core(value * (1 + _NEAR)):
            for numbers in _around(value):
                logits = torch.tensor(numbers, dtype=_F64)
                probes.append(("ordinary", probe(torch.stack([logits, -logits]), torch.tensor([0, 1]))))
    return probes


_ASKED: Mapping[str, Callable[[Literals], _Named]] = {
    "activation": _activation,
    "classification": _classification,
    "regression": _regression,
}


def _sizes(found: Literals) -> list[int]:
    return list(dict.fromkeys(size + step for size in found.sizes for step in (-1, 0, 1)))


def _shapes(found: Literals) -> list[tuple[int, ...]]:
    """So many numbers in a row, and a side of them beside another."""
    sides = [size + 1 for size in found.sizes]
    return [(size,) for size in _sizes(found)] + [shape for side in sides for shape in ((2, side), (side, 2))]


def _around(value: float) -> list[tuple[float, ...]]:
    """One beyond it among ordinary numbers; all equal to it, a little more, and a little less, on both sides of 0."""
    more, less = value * (1 + _NEAR), value * (1 - _NEAR)
    among = (0.5, -1.0, more, 0.25, -more)
    return [among, (value,) * 3, (more,) * 3, (less,) * 3, (-more,) * 3, (-less, less, -value)]


def _numbers(shape: tuple[int, ...]) -> Tensor:
    """Different readable numbers of both signs, without 0."""
    steps = 5 * torch.arange(math.prod(shape), dtype=_F64) % 13
    return (0.375 * steps - 1.9375).reshape(shape).to(_F32)
