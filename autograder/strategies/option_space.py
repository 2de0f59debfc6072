"""Cross entropy's options as covering arrays: cells in which every three of them meet, and where else these are asked.

A mistake is in one option, where two meet (a sum over images that is divided), or where three do (weights, smoothing
and ignored targets); the product of all would be asked in a thousand calls.
"""

from __future__ import annotations

import functools
from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any, TypeVar

import torch

from autograder.strategies.cells import REDUCTIONS, ROWS, SPATIAL, UNBATCHED, WEIGHT, Cell
from autograder.strategies.cover import covering, product, together
from autograder.strategies.tensors import DTYPES_AND_DEFAULTS

Condition = TypeVar("Condition", bound=Hashable)

FORMS = (UNBATCHED, ROWS, SPATIAL, (2, 2, 3), (2, 2, 1, 2))
"""Shapes of the losses: none, rows, and up to three dimensions behind them."""
BRANCHES = ("form", "target")
"""What most answers tell apart by a branch of their own."""
PROBABILITIES, _LAST = "probabilities", "last class"
"""Targets besides class ids, some of which an ignore_index makes count for nothing."""
_TARGETS = (None, -100, 0, _LAST, 255, -1, PROBABILITIES)
_WEIGHTS = (None, WEIGHT, (0.0, 2.5, 1.25))
_SMOOTHINGS = (None, 0.1, 1.0, 0.37)
READABLE = (
    Cell(form=ROWS),
    *(Cell(form=ROWS, reduction=reduction) for reduction in REDUCTIONS),
    Cell(form=UNBATCHED),
    Cell(form=SPATIAL),
    Cell(form=ROWS, weights=WEIGHT),
    Cell(form=ROWS, ignore_index=0),
    Cell(form=ROWS, smoothing=0.1),
    Cell(form=ROWS, probabilities=True),
    Cell(form=ROWS, weights=WEIGHT, ignore_index=-100),
    Cell(form=ROWS, weights=WEIGHT, ignore_index=0, smoothing=0.1),
    Cell(form=ROWS, probabilities=True, weights=WEIGHT, smoothing=0.1),
)
"""What each set of options is asked first."""
SMALL = 12
_CLASSES = (3, 2, SMALL, 130)  # more than blocks of 64 and than int8 count; right answers may loop over the classes
_MANY = 258  # class 257 is class 256 in bfloat16


def cells_of(**choices: Sequence[Any]) -> Iterator[Cell]:
    """Every cell of these fields; a target is an ignore_index, or the word for the last class or for probabilities."""
    for row in product(**choices):
        ignored = {_LAST: row.get("classes", 0) - 1, PROBABILITIES: None}.get(row["target"], row["target"])
        probabilities = row.pop("target") == PROBABILITIES
        yield Cell(**row, probabilities=probabilities, ignore_index=ignored)


def kinds(cell: Cell) -> dict[str, Hashable]:
    """Which of its options a cell has, whatever their values."""
    target = "ignored" if cell.ignore_index is not None else "indices"
    return {
        "form": ("unbatched", "rows")[len(cell.form)] if len(cell.form) < 2 else "images",
        "target": PROBABILITIES if cell.probabilities else target,
        "reduction": cell.reduction or "mean",
        "weighted": cell.weights is not None,
        "smoothed": cell.smoothing is not None,
    }


def values(cell: Cell) -> dict[str, Hashable]:
    """A cell's options themselves."""
    found = {"form": cell.form, "weighted": cell.weights, "smoothed": cell.smoothing, "classes": cell.classes}
    ignored = _LAST if cell.ignore_index == cell.classes - 1 else cell.ignore_index
    return kinds(cell) | found | ({} if ignored is None else {"target": ignored})


def family_of(cell: Cell) -> str:
    """Which family of options a cell belongs to: that of the options it has."""
    if cell.probabilities:
        alone = cell.weights is None and cell.smoothing is None
        return "probabilities" if alone else "probabilities+weight+label-smoothing"
    given = {"weight": cell.weights, "label-smoothing": cell.smoothing, "ignore-index": cell.ignore_index}
    names = [name for name, value in given.items() if value is not None]
    if len(names) > 1 and "label-smoothing" in names:
        return "weight+label-smoothing+ignore-index"
    return "+".join(names) or {0: "unbatched", 1: "reductions"}.get(len(cell.form), "spatial")


@functools.cache
def option_cells() -> tuple[Cell, ...]:
    """Cells in which every three options meet, and every two of their values, the smallest first."""
    every = cells_of(
        form=FORMS, target=_TARGETS, reduction=REDUCTIONS, weights=_WEIGHTS, smoothing=_SMOOTHINGS, classes=_CLASSES
    )

    def meets(cell: Cell) -> Iterator[Hashable]:
        yield from together(kinds(cell), 3)
        if kinds(cell)["reduction"] == "mean":  # which has whatever is wrong above its fraction bar, and below
            yield "mean", *kinds(cell).items()
        if cell.form:  # beside targets that count
            yield family_of(cell), values(cell)["target"]
        yield from ((family_of(cell), met) for met in together(kinds(cell), 1, ("form", "reduction")))
        if family_of(cell) == "spatial":
            yield "plain", cell.form
        for exact in values(cell).items():  # each value beside every kind of another option
            yield from ((exact, kind) for kind in kinds(cell).items())
        if cell.classes > SMALL:  # blocks of classes are a way of writing of their own
            yield "many", *together(kinds(cell), 3, ("target", "weighted", "smoothed"))

    rest = covering(every, meets, READABLE)[len(READABLE) :]
    return (*READABLE, *sorted(rest, key=lambda cell: (cell.classes > SMALL, len(cell.form))))


@functools.cache
def cells_in_dtypes() -> tuple[tuple[Cell, torch.dtype], ...]:
    """Cells in every dtype beside torch's default dtype: every two choices meet, and in a mean all that is in it.

    The mean has whatever is wrong above its fraction bar, and below.
    """
    choices = {"target": (None, -100, PROBABILITIES), "weights": (None, WEIGHT), "smoothing": (None, 0.8)}
    every = [
        (replace(cell, dtype=dtype), default)
        for cell in cells_of(form=FORMS, reduction=REDUCTIONS, classes=(3, _MANY), **choices)
        for dtype, default in DTYPES_AND_DEFAULTS
    ]

    def meets(pair: tuple[Cell, torch.dtype]) -> Iterator[Hashable]:
        cell, default = pair
        if cell.dtype is torch.float64:
            return
        yield from ((cell.dtype, default, met) for met in (*together(kinds(cell), 1), cell.classes))
        yield cell.dtype, cell.form
        yield cell.dtype, cell.classes, cell.probabilities
        if telling(cell):
            yield from ((cell.dtype, met) for met in together(kinds(cell), 2, ("target", "weighted", "smoothed")))
            yield cell.dtype.itemsize, *together(kinds(cell), 3, ("target", "weighted", "smoothed"))

    plain = [(Cell(form=ROWS, dtype=dtype), default) for dtype, default in DTYPES_AND_DEFAULTS]
    for dtype in (torch.bfloat16, torch.float16):  # where a mean of several may hide a single loss
        smoothed = Cell(form=ROWS, dtype=dtype, reduction="none", smoothing=0.8)
        plain += [(cell, torch.float32) for cell in (Cell(form=ROWS, dtype=dtype, classes=_MANY), smoothed)]
    rest = covering(every, meets, plain)[len(plain) :]
    return (*plain, *sorted(rest, key=lambda pair: pair[0].classes))


@functools.cache
def few_cells() -> tuple[Cell, ...]:
    """Those of `option_cells` with few classes in which every two options meet."""
    return tuple(covering(small_cells(), lambda cell: together(kinds(cell), 2)))


def small_cells() -> list[Cell]:
    """Those of `option_cells` with few classes."""
    return [cell for cell in option_cells() if cell.classes <= SMALL]


def beside(pairs: Iterable[tuple[Cell, Condition]], *, closely: bool = False) -> list[tuple[Cell, Condition]]:
    """Some of the cells under each condition, so that it meets every choice; ``closely``, in a mean every two."""

    def meets(pair: tuple[Cell, Condition]) -> Iterator[Hashable]:
        cell, condition = pair
        found = kinds(cell)
        yield from ((condition, met) for met in together(found, 1))
        if closely and telling(cell):
            yield from ((condition, met) for met in together(found, 2, ("target", "weighted")))

    return covering(pairs, meets)


def telling(cell: Cell) -> bool:
    """Whether a mistake in any option shows: of a single loss, the mean is that loss."""
    return kinds(cell)["reduction"] == "mean" and bool(cell.form)
