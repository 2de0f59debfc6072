"""Cells of cross entropy's option space, with fixed and drawn cases of each."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import torch
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy
from torch import Tensor

from autograder.strategies.probe import Family, Probe, probes
from autograder.strategies.tensors import DTYPES, cotangents, incoming, numbers, pattern, tensors
from autograder.worker.case import Argument, Case

LARGEST = 4.0  # log(p + 1e-12) is still right there, and no textbook form overflows in float16
REDUCTIONS = ("mean", "sum", "none")
IGNORED = (-100, 1, -1)  # the default, one that is a class, and one that is neither
UNBATCHED, BATCH, ROWS, SPATIAL = (), (2,), (3,), (2, 3)
WEIGHT = (1.0, 2.0, 0.5)


@dataclass(frozen=True, slots=True)
class Cell:
    """One combination of options; None leaves an option at its default.

    Args:
        weights: of the classes, over and over where there are more.
        ignore_index: the option; some target has it, where there are several or where their mean is not asked for.
        smoothing: the option label_smoothing.
        probabilities: whether targets are class probabilities.
        reduction: the option.
        form: the shape of the losses; logits have the classes at dimension 1.
        dtype: of logits, weights and class probabilities.
        classes: how many there are.

    """

    weights: tuple[float, ...] | None = None
    ignore_index: int | None = None
    smoothing: float | None = None
    probabilities: bool = False
    reduction: str | None = None
    form: tuple[int, ...] = BATCH
    dtype: torch.dtype = torch.float64
    classes: int = 3


# A fixed, readable case of a cell ------------------------------------------------------------------------------------

_PROBABILITIES = ((0.25, 0.5, 0.25), (1.0, 0.0, 0.0), (0.125, 0.125, 0.75))


def fixed(cell: Cell, **fields: object) -> Case:
    """Different readable logits, the first and the last class among the targets, one ignored where the cell says so."""
    logits = pattern(_logits_shape(cell.form, cell.classes), cell.dtype)
    whole = ones(cell, logits)
    cotangent = pattern(tuple(whole.shape), cell.dtype) if whole.dim() else incoming(whole)
    return loss_case(cell, logits, _fixed_target(cell), _fixed_weight(cell), cotangent, **fields)


def _fixed_weight(cell: Cell) -> Tensor | None:
    if cell.weights is None:
        return None
    return torch.tensor([cell.weights[index % len(cell.weights)] for index in range(cell.classes)], dtype=cell.dtype)


def _fixed_target(cell: Cell) -> Tensor:
    count, last = math.prod(cell.form), cell.classes - 1
    if cell.probabilities:
        shares = torch.zeros(count, cell.classes, dtype=cell.dtype)
        for row in range(count):  # a few classes of many have all there is
            for place, share in zip((0, last, last // 2), _PROBABILITIES[row % 3], strict=True):
                shares[row, place] += share
        return shares.reshape(*cell.form, cell.classes).movedim(-1, min(1, len(cell.form))).contiguous()
    order = [index for index in (last, 0, last // 2, last) if index != cell.ignore_index]
    classes = [order[index % len(order)] for index in range(count)]
    if cell.ignore_index is not None and (count > 1 or cell.reduction in ("sum", "none")):
        classes[count > 1] = cell.ignore_index
    return torch.tensor(classes).reshape(cell.form)


def ones(cell: Cell, logits: Tensor) -> Tensor:
    """A cotangent of ones in the shape of the loss."""
    return torch.ones(_result_shape(cell, logits), dtype=logits.dtype)


def _result_shape(cell: Cell, logits: Tensor) -> tuple[int, ...]:
    if cell.reduction != "none":
        return ()
    return tuple(logits.shape[:1] + logits.shape[2:]) if logits.dim() > 1 else ()


def _logits_shape(form: tuple[int, ...], classes: int) -> tuple[int, ...]:
    return (form[0], classes, *form[1:]) if form else (classes,)


def loss_case(
    cell: Cell,
    logits: Tensor,
    target: Tensor,
    weight: Tensor | None,
    cotangent: Tensor | None,
    **fields: object,
) -> Case:
    """The case of these tensors under the options of a cell."""
    options: dict[str, Argument] = {}
    if weight is not None:
        options["weight"] = weight
    if cell.ignore_index not in (None, -100):
        options["ignore_index"] = cell.ignore_index
    if cell.smoothing is not None:
        options["label_smoothing"] = cell.smoothing
    if cell.reduction is not None:
        options["reduction"] = cell.reduction
    wrt = (0, 1) if cell.probabilities else (0,)
    return Case((logits, target), options, wrt=wrt, cotangent=cotangent, **fields)  # type: ignore[arg-type]  # of Case


# Drawn cases of a cell -----------------------------------------------------------------------------------------------


def cell_family(cells: Sequence[Cell], count: int, directed: Sequence[Case] = ()) -> Family:
    """Fixed cases of every cell and dtype, directed ones, and strategies that share ``count`` draws.

    None draws twice: what more draws of a few strategies would find is spelled out.
    """
    dtypes = {cell.dtype for cell in cells}
    first = [replace(cell, dtype=dtype) for dtype in DTYPES for cell in cells[:1] if dtype in dtypes]
    readable = [*(fixed(cell) for cell in dict.fromkeys([*first, *cells])), *directed]
    if cells[0] == Cell():  # the lesson's worked example comes before everything
        logits = torch.tensor([[1.0, 2.0, 0.0]], dtype=torch.float64)
        first_of_all = loss_case(cells[0], logits, torch.tensor([1]), None, ones(cells[0], logits))
        readable.insert(0, first_of_all)
    return Family(
        fixed=probes(*readable), strategies=tuple(_drawn(cell) for cell in cells), count=min(count, len(cells))
    )


def _drawn(cell: Cell) -> SearchStrategy[Probe]:
    """Cases of a cell: 2 to 5 classes and sides of 1 to 3."""
    sides = st.tuples(*(st.integers(1, 3) for _ in cell.form))
    sizes = st.tuples(numbers(LARGEST, cell.dtype), st.integers(2, 5), sides)
    return sizes.flatmap(lambda drawn: _drawn_sized(cell, *drawn))


def _drawn_sized(cell: Cell, kind: SearchStrategy[float], classes: int, form: tuple[int, ...]) -> SearchStrategy[Probe]:
    shape = _logits_shape(form, classes)
    result = form if cell.reduction == "none" else ()
    weights = st.lists(st.sampled_from([1.0, 2.0, 0.5, 3.0, 0.25]), min_size=classes, max_size=classes)

    def build(drawn: tuple[Tensor, Tensor, list[float], Tensor]) -> Probe:
        logits, target, weight, cotangent = drawn
        heavy = torch.tensor(weight, dtype=cell.dtype) if cell.weights else None
        return Probe((loss_case(cell, logits, target, heavy, cotangent),))

    target = _drawn_probabilities(cell, form, classes) if cell.probabilities else _drawn_classes(cell, form, classes)
    return st.tuples(
        tensors(shape, kind, cell.dtype),
        target,
        weights if cell.weights else st.just([]),
        cotangents(result, cell.dtype),
    ).map(build)


def _drawn_classes(cell: Cell, form: tuple[int, ...], classes: int) -> SearchStrategy[Tensor]:
    """Class indices; at least one of them counts, since nothing counted is a property of its own."""
    ignored = cell.ignore_index
    counted = [index for index in range(classes) if index != ignored]
    allowed = counted if ignored is None else [*counted, ignored]
    rest = math.prod(form) - 1
    return st.tuples(st.sampled_from(counted), st.lists(st.sampled_from(allowed), min_size=rest, max_size=rest)).map(
        lambda drawn: torch.tensor([drawn[0], *drawn[1]]).reshape(form)
    )


def _drawn_probabilities(cell: Cell, form: tuple[int, ...], classes: int) -> SearchStrategy[Tensor]:
    """Probabilities that sum to 1, as the contract says: a form that relies on it is right."""
    shares = st.lists(st.integers(0, 8), min_size=classes, max_size=classes).map(
        lambda parts: [part / sum(parts) for part in parts] if any(parts) else [1.0] + [0.0] * (classes - 1)
    )
    count = math.prod(form)
    return st.lists(shares, min_size=count, max_size=count).map(
        lambda rows: (
            torch.tensor(rows, dtype=cell.dtype).reshape(*form, classes).movedim(-1, min(1, len(form))).contiguous()
        )
    )
