"""Elementwise cases side by side in one tensor: a call observes dozens of them for the price of one.

Only for functions whose answer to each element is its own, which `elementwise` and `laws` check. What fails in a pack
is looked for in its halves, so that a counterexample is as small as if each case had been called by itself.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import replace
from itertools import accumulate

import torch
from torch import Tensor

from autograder.strategies.probe import Family, Probe
from autograder.strategies.sweeps import WHOLE, part_of_sweep
from autograder.worker.case import Case


def packed(family: Family, probes: Sequence[Probe]) -> tuple[Probe, ...]:
    """The same probes in fewer calls: the fixed ones and most of the drawn ones joined, a pack a dtype and label."""
    if family.join is None:
        return tuple(probes)
    drawn = [probe for probe in probes if probe.origin is not None]
    fixed = [probe for probe in probes if probe.origin is None]
    return (
        *fixed[: family.first],
        *_packs(family, fixed[family.first :]),
        *drawn[: family.apart],
        *_packs(family, drawn[family.apart :]),
    )


def pack(family: Family, parts: Sequence[Probe]) -> Probe:
    """One probe of several that are alike; a single one stays itself."""
    if len(parts) == 1:
        return parts[0]
    assert family.join is not None  # noqa: S101  # only its probes are packed
    return Probe(family.join(parts), parts[0].label, parts=tuple(parts))


def part_of(probe: Probe, element: int) -> Probe | None:
    """The part of a pack or sweep that gave this element of its tensors; None where they do not lie side by side."""
    if not probe.parts:
        return part_of_sweep(probe, element)
    ends = accumulate(_size(part) for part in probe.parts)
    return next((part for part, end in zip(probe.parts, ends, strict=True) if element < end), None)


def _size(probe: Probe) -> int:
    x = probe.cases[0].args[0]
    return x.numel() if isinstance(x, Tensor) else 0


def side_by_side(parts: Sequence[Probe]) -> tuple[Case, ...]:
    """Join the first cases of all parts, and the second ones, …; whatever shape the tensors had, they are flat."""
    return tuple(_joined(cases) for cases in zip(*(part.cases for part in parts), strict=True))


def sorted_and_mirrored(parts: Sequence[Probe]) -> tuple[Case, ...]:
    """For pairs of cases x and -x with a sorted x: all numbers sorted, and their negatives."""
    x = _flat([part.cases[0].args[0] for part in parts]).sort().values
    return Case((x,)), Case((-x,))


def _packs(family: Family, probes: Sequence[Probe]) -> list[Probe]:
    groups: dict[Hashable, list[Probe]] = {}
    for probe in probes:
        x = probe.cases[0].args[0]
        assert isinstance(x, Tensor)  # noqa: S101  # an elementwise function takes one
        groups.setdefault(probe if probe.label in WHOLE else (x.dtype, probe.label), []).append(probe)
    return [pack(family, parts) for parts in groups.values()]


def _joined(cases: Sequence[Case]) -> Case:
    first = cases[0]
    return replace(
        first,
        args=(_flat([case.args[0] for case in cases]),),
        cotangent=None if first.cotangent is None else _flat([case.cotangent for case in cases]),
        second=tuple(_flat(tensors) for tensors in zip(*(case.second for case in cases), strict=True)),
    )


def _flat(values: Sequence[object]) -> Tensor:
    return torch.cat([value.reshape(-1) for value in values if isinstance(value, Tensor)])
