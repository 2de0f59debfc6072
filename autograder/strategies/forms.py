"""What a worker is shown of a case: its form, with other numbers.

A form is all that code can see of a call without reading numbers: shapes, dtypes, strides, options, settings. Workers
record what they do on probe numbers of that form; the numbers that are judged stay here and in the replayer.
"""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace

import torch
from torch import Tensor

from autograder.worker.case import Argument, Case
from autograder.worker.codec import name_of, span

_BOOLEANS, _BOOLEANS_EACH = 8, 4
_RECORDINGS = 2  # of a form that several cases have: a second one shows what the first has left behind


def probe_of(case: Case, *, alike: bool = False) -> Case:
    """The same call with numbers that tell nothing of those that are judged; the same ones every time.

    Args:
        case: the call.
        alike: keep whole numbers and booleans, and the signs, zeros, infinities and nan of all others: what code mostly
            asks before it decides which way to go.

    """
    seed = int.from_bytes(hashlib.sha256(key_of(case).encode()).digest()[:8], "big") >> 1
    random = torch.Generator().manual_seed(seed)

    def shown(value: Argument) -> Argument:
        if not isinstance(value, Tensor) or (alike and not value.dtype.is_floating_point):
            return value
        return _like(value, random, _options(case), alike=alike)

    return replace(
        case,
        args=tuple([shown(value) for value in case.args]),
        kwargs={name: shown(value) for name, value in case.kwargs.items()},
        cotangent=None if case.cotangent is None else _like(case.cotangent, random),
        # Contiguous, as they are sent: a case that was kept on disk has the same probe as one that was just drawn.
        second=tuple([_like(tensor.contiguous(), random) for tensor in case.second]),
    )


def booleans_told(case: Case) -> int:
    """How many booleans that code reads on an input a worker is told at most: a few an element, which say no number."""
    tensors = [value for value in (*case.args, *case.kwargs.values()) if isinstance(value, Tensor)]
    return _BOOLEANS + _BOOLEANS_EACH * sum(tensor.numel() for tensor in tensors)


def key_of(case: Case) -> str:
    """A form's own name: two cases with the same one are shown to a worker as one."""

    def told(value: Argument) -> object:
        return _told(value, _options(case)) if isinstance(value, Tensor) else [type(value).__name__, value]

    return json.dumps(
        [
            [told(value) for value in case.args],
            {name: told(value) for name, value in case.kwargs.items()},
            case.wrt,
            None if case.cotangent is None else _told_form(case.cotangent),
            len(case.second),
            case.device,
            name_of(case.default_dtype),
            case.grad_enabled,
            case.training,
            case.watch,
            case.leaf,
            case.offset,
            case.inference,
            case.names,
            case.bare,
        ]
    )


def _options(case: Case) -> list[int]:
    """Whole numbers that are options: an ignore_index need be no class id, and says nothing of where those lie."""
    return [value for value in case.kwargs.values() if type(value) is int]


def _told(tensor: Tensor, options: Sequence[int]) -> object:
    low, high = _bounds(tensor, options)
    return ["tensor", name_of(tensor.dtype), *_told_form(tensor), low, high]


def _told_form(tensor: Tensor) -> list[object]:
    strides = list(tensor.stride()) if tensor.numel() else []  # of an empty one, they are not sent
    return [list(tensor.shape), strides]


def _bounds(tensor: Tensor, options: Sequence[int] = ()) -> tuple[int, int]:
    """Whole numbers: where they lie, so that class ids are ids of classes. Others: whether they are all positive."""
    if tensor.dtype.is_floating_point:
        return (0, 1) if tensor.numel() and bool((tensor >= 0).all()) else (-1, 1)
    if tensor.dtype is torch.bool:
        return 0, 1
    known = [value for value in set(tensor.reshape(-1).tolist()) if value >= 0 and value not in options]
    return 0, max(known, default=0)


def _like(tensor: Tensor, random: torch.Generator, options: Sequence[int] = (), *, alike: bool = False) -> Tensor:
    """Other numbers with the same dtype, shape and strides; ``alike`` ones also have the same signs."""
    count = span(tensor.shape, tensor.stride()) if tensor.numel() else 0
    low, high = _bounds(tensor, options)
    if tensor.dtype.is_floating_point:
        numbers = torch.rand(count, generator=random, dtype=torch.float64) * 0.8 + 0.1
        if low < 0:
            numbers = numbers * 4 - 2
    else:
        numbers = torch.randint(low, high + 1, (count,), generator=random)
    storage = numbers.to(tensor.dtype)
    if alike and count:
        given = tensor.detach().as_strided((count,), (1,))
        special = (given == 0) | ~given.isfinite()  # what has no sign or no magnitude stays as it is
        storage = torch.where(special, given, storage.abs().copysign(given))
    return storage.as_strided(tensor.shape, tensor.stride()) if count else storage.reshape(tensor.shape)


def forms_of(cases: Sequence[Case], alone: Sequence[bool]) -> tuple[list[Case], tuple[int, ...]]:
    """The probes that stand for these cases, and which of them is whose.

    Args:
        cases: in the order in which they are asked for.
        alone: which of them need a recording of their own: those of a sequence, where calls may depend on one another.

    """
    probes: list[Case] = []
    known: dict[str, list[int]] = defaultdict(list)
    places = []
    for case, own in zip(cases, alone, strict=True):
        same = known[key_of(case)]
        if own or len(same) < _RECORDINGS:
            same.append(len(probes))
            probes.append(probe_of(case))
        places.append(same[-1])
    return probes, tuple(places)
