"""Families of cases of a loss of two tensors about their form: shape, dtype, layout, and how the loss is called."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import torch
from torch import Tensor

from autograder.strategies.cover import covered
from autograder.strategies.probe import Family, Probe, probes, without_gradients
from autograder.strategies.tensors import (
    DTYPES,
    DTYPES_AND_DEFAULTS,
    LAYOUTS,
    MODES,
    OFFSET,
    ONCE,
    laid_out,
    pattern,
)
from autograder.worker.case import Argument, Case

F32, F64 = torch.float32, torch.float64
Options = Mapping[str, Argument]
_SHAPES = ((), (1,), (2, 3), (2, 1, 3), (1, 2, 2, 1), (2, 1, 2, 1, 2), (2, 2, 2, 2, 2, 2))
_LARGER = ((1025,), (2, 67), (130, 3), (0,))
_DIMS = ((), (2, 3), (2, 2, 3, 2), (2, 2, 2, 2, 2))
_LAYOUTS = ("plain", "offset", "strided")
_DIFFERENTIATED = ("with", "after a layer")


def pair(shape: tuple[int, ...], dtype: torch.dtype = F64) -> tuple[Tensor, Tensor]:
    """Readable predictions and targets."""
    return pattern(shape, dtype), pattern(shape, dtype, start=-1.0).flip(0) if shape else pattern(shape, dtype, 0.5)


def case(
    x: Tensor,
    target: Tensor,
    options: Options | None = None,
    cotangent: Tensor | None = None,
    **fields: Any,  # noqa: ANN401  # of Case
) -> Case:
    """A case differentiated by both arguments, with a cotangent of ones in the shape of the right output."""
    options = options or {}
    if cotangent is None:
        cotangent = torch.ones(_result(x, options), dtype=x.dtype)
    return Case((x, target), options, wrt=(0, 1), cotangent=cotangent, **fields)


def twice(x: Tensor, target: Tensor, options: Options | None = None, **fields: Any) -> Case:  # noqa: ANN401
    """The same with second gradients; different weights for the two: with equal ones their contributions cancel."""
    shape, dtype = tuple(x.shape), x.dtype
    return case(x, target, options, second=(pattern(shape, dtype, 0.25), pattern(shape, dtype, -1.5)), **fields)


def _result(x: Tensor, options: Options) -> tuple[int, ...]:
    return tuple(x.shape) if options.get("reduction") == "none" else ()


def sizes(reductions: Sequence[Options]) -> Family:
    """Every shape for the mean; for the others those that a sum over rows, a squeeze or a flat result shows in."""
    mean, *others = reductions
    cases = [twice(*pair(shape, F32), mean) for shape in _SHAPES]
    cases += [twice(*pair(shape, F32), options) for options in others for shape in ((), (2, 1, 3), (1, 2, 2, 1))]
    kinds = zip(_LARGER, itertools.cycle((torch.float16, F64, torch.bfloat16)), itertools.cycle(reductions))
    cases += [twice(*pair(shape, dtype), options, leaf=False) for shape, dtype, options in kinds if shape != (0,)]
    cases += [case(*pair((0,), F64), options) for options in others]
    return Family(fixed=probes(*cases))


def dtypes(reductions: Sequence[Options]) -> Family:
    """Scalars are the hard case; and numbers of at most 1, at which a 16-bit dtype tells most."""
    readable = [
        case(*pair(shape, dtype), default_dtype=default)
        for dtype, default in DTYPES_AND_DEFAULTS
        for shape in ((), (3,))
        if shape == () or dtype is torch.float16 or default is F64
    ]
    x, target = torch.tensor([1.0, -0.75, 0.5, 1.0]), torch.tensor([1.0, 0.25, 0.5, 0.75])
    kinds = [(dtype, options) for dtype in (torch.bfloat16, torch.float16) for options in reductions]
    small = [case(x.to(dtype), target.to(dtype), options) for dtype, options in kinds]
    same = [case(torch.ones(2, dtype=dtype), torch.ones(2, dtype=dtype)) for dtype in (torch.bfloat16, torch.float16)]
    return Family(fixed=probes(*readable, *small, *same))


def layouts() -> Family:
    """Either argument laid out otherwise, and both where the layout is seldom met."""
    fixed = []
    for name in ("transposed", "strided", "expanded", "expanded last"):
        layout, (x, target) = LAYOUTS[name], pair((2, 3, 2) if name == "transposed" else (3, 4))
        fixed += [twice(layout(x), target), twice(x, layout(target))]
    for name, shape in (("channels last", (2, 3, 2, 2)), ("every second row", (4,))):
        x, target = map(LAYOUTS[name], pair(shape))
        fixed.append(twice(x, target))
    fixed += [twice(*pair(shape, dtype), offset=OFFSET) for shape, dtype in (((4,), F64), ((2, 3), F32))]
    return Family(fixed=probes(*fixed))


def modes(reductions: Sequence[Options], *, module: bool) -> Family:
    """With gradients by either argument and without, on leaves and on what a layer has made."""
    few, wide = pair((3,), F32), (torch.linspace(-20, 19, 10), torch.linspace(3, -17, 10))
    readable = [
        Probe((Case(few),), "without"),
        Probe((Case(few, wrt=(0,), cotangent=torch.ones(()), watch=True),), "with"),
        Probe((Case(few, wrt=(1,), cotangent=torch.ones(())),), "with"),
        Probe((Case(few, wrt=(0, 1), grad_enabled=False),), "no_grad"),
    ]
    for mode, dtype in zip(MODES, (F64, F32) * 2, strict=True):
        readable.append(Probe((_called((wide[0].to(dtype), wide[1].to(dtype)), reductions[0], mode),), mode))
    training = (True, False) if module else (True,)
    choices = {"mode": MODES, "shape": _DIMS, "dtype": DTYPES, "layout": _LAYOUTS, "training": training}
    array = covered(2, **choices, reduction=range(len(reductions)), wrt=((0,), (0, 1)))
    return Family(fixed=(*readable, *(Probe((_row(reductions, **row),), row["mode"]) for row in array)))


def _row(  # a choice each
    reductions: Sequence[Options],
    *,
    mode: str,
    shape: tuple[int, ...],
    dtype: torch.dtype,
    layout: str,
    training: bool,
    reduction: int,
    wrt: tuple[int, ...],
) -> Case:
    (x, offset), (target, _) = (laid_out(layout, tensor) for tensor in pair(shape, dtype))
    options = reductions[reduction]
    return _called((x, target), options, mode, wrt=wrt, offset=offset, training=training)


def _called(args: tuple[Tensor, Tensor], options: Options, mode: str, **fields: Any) -> Case:  # noqa: ANN401  # of Case
    pulled = torch.full((), -1.5, dtype=args[0].dtype).expand(_result(args[0], options))
    fields = {"wrt": (0, 1), **MODES[mode], **fields}
    if mode in _DIFFERENTIATED:
        fields |= {"cotangent": pulled, "second": tuple(torch.full_like(args[index], -2.0) for index in fields["wrt"])}
    return Case(args, options, **fields)


def second() -> Family:
    """Second gradients of readable pairs; other families' cases ask for them in every dtype and form."""
    return Family(fixed=probes(*(twice(*pair(shape)) for shape in ((3,), (2, 3)))))


def repeated(reductions: Sequence[Options]) -> Family:
    """A, then another input, then A again; and single calls in every mode, with ordinary and large numbers."""

    def thrice(shape: tuple[int, ...], dtype: torch.dtype, options: Options) -> Probe:
        (x, target), other = pair(shape, dtype), pattern(shape, dtype, start=1.0)
        first, between = Case((x, target), options, watch=True), Case((other, x), options, watch=True)
        return Probe((first, between, first))

    mean, *others = reductions
    kinds = [((3,), F32, mean), ((2, 2), F64, mean), *(((3,), F64, options) for options in others)]
    *with_gradients, last = (thrice(*kind) for kind in kinds)
    rows = covered(2, mode=MODES, numbers=_SEEN, reduction=range(len(reductions)))
    once = []
    for row, dtype in zip(rows, itertools.cycle(DTYPES), strict=False):
        x, target = (torch.tensor(numbers, dtype=dtype) for numbers in _SEEN[row["numbers"]])
        called = _called((x, target), reductions[row["reduction"]], row["mode"])
        once.append(Probe((replace(called, second=()),), ONCE))
    return Family(fixed=(*with_gradients, without_gradients(last), *once))


_SEEN = {
    "ordinary": ((0.5, -1.0, 0.0, 2.0), (1.0, -1.0, 0.5, 0.25)),
    "large": ((0.5, -1.0, 100.0, -100.0, float("nan")), (1.0, -1.0, 0.5, 150.0, 0.25)),
}


def module() -> Family:
    """Train and eval mode, with gradients."""
    first, other = pair((3,), F32), (pattern((3,), F32, start=1.0), pattern((3,), F32))
    return Family(
        fixed=tuple(
            Probe(
                tuple(case(*tensors, training=training, watch=True) for tensors in (first, other, first)),
                "train" if training else "eval",
            )
            for training in (True, False)
        )
    )
