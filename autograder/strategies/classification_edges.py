"""Cases of cross entropy where its numbers or its arguments end: large logits, nothing counted, no such class."""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from dataclasses import replace

import torch
from torch import Tensor

from autograder.strategies.cells import IGNORED, REDUCTIONS, ROWS, SPATIAL, UNBATCHED, WEIGHT, Cell, fixed, loss_case
from autograder.strategies.cover import covering, together
from autograder.strategies.option_space import (
    PROBABILITIES,
    SMALL,
    cells_in_dtypes,
    cells_of,
    kinds,
    small_cells,
    values,
)
from autograder.strategies.probe import Family, probes
from autograder.worker.case import Case

F16, BF16, F32, F64 = torch.float16, torch.bfloat16, torch.float32, torch.float64
_FORMS = (UNBATCHED, ROWS, SPATIAL)
_PLAINLY = (None, "sum", "none")  # an answer without the option is asked, too
_OPTIONS = {"weights": (None, WEIGHT), "smoothing": (None, 0.1)}


def _pairs(cell: Cell) -> Iterator[Hashable]:
    return together(kinds(cell), 2)


def one_class() -> Family:
    """A single class, in rows and images, with every option."""
    plain = [Cell(reduction=reduction, classes=1) for reduction in _PLAINLY]
    every = cells_of(form=_FORMS, target=(None, -100, PROBABILITIES), reduction=REDUCTIONS, classes=(1,), **_OPTIONS)
    chosen = dict.fromkeys([*plain, *covering(every, lambda cell: together(kinds(cell), 1))])
    return Family(fixed=probes(*(fixed(cell) for cell in chosen)))


def bad_reduction() -> Family:
    """Words that are no reduction, plainly and in every branch: one that returns early asks none of the later ones."""
    words = ("avg", "Mean", "", None, "batchmean", "NONE")
    plain = [(Cell(), word) for word in words[:4]]
    targets = (None, -100, PROBABILITIES)
    every = cells_of(form=_FORMS, target=targets, **_OPTIONS)

    def meets(pair: tuple[Cell, str | None]) -> Iterator[Hashable]:
        yield pair[1]
        yield from _pairs(pair[0])

    chosen = [*plain, *covering([(cell, word) for cell in every for word in words], meets)]
    cases = ((fixed(cell), word) for cell, word in chosen)
    return Family(fixed=probes(*(replace(case, kwargs={**case.kwargs, "reduction": word}) for case, word in cases)))


def extreme() -> Family:
    """Logits that overflow exp, far apart within a row and between rows, and in every branch."""
    levels = {F64: (1e3, 1e4), F32: (1e2, 1e3, 1e4), BF16: (1e2, 1e3), F16: (40.0,)}

    def case(dtype: torch.dtype, size: float, *target: int) -> Case:
        rows = torch.tensor([[1.0, 0.0, -1.0], [0.0, 0.0, 0.0], [-1.0, -1.0, -0.5]], dtype=F64) * size
        return loss_case(Cell(), rows[: len(target)].to(dtype), torch.tensor(target), None, torch.ones((), dtype=dtype))

    far_off = [case(dtype, size, 2, 0, 0) for dtype, sizes in levels.items() for size in sizes]
    likeliest = [case(dtype, sizes[0], 0, 1, 2) for dtype, sizes in levels.items()]
    # Calls that `dtypes` asks for, too: the same form with other numbers costs little.
    asked = [(cell, default) for cell, default in cells_in_dtypes() if cell.classes <= SMALL]
    branches = covering(asked, lambda pair: [pair[0].dtype, *together(kinds(pair[0]), 2)])
    everywhere = [_magnified(fixed(cell, default_dtype=default), levels[cell.dtype][0]) for cell, default in branches]
    return Family(fixed=probes(*far_off, *likeliest, case(F64, 1e3, 2), _one_far_above(), *everywhere))


def _one_far_above() -> Case:
    """Less the mean, exp still overflows; less the maximum, it does not even become 0: the two are told apart."""
    logits = torch.tensor([[100.0] + [0.0] * 11], dtype=F32)
    return loss_case(Cell(), logits, torch.tensor([0]), None, torch.ones(()))


def _magnified(case: Case, size: float) -> Case:
    logits, target = case.args
    assert isinstance(logits, Tensor)  # noqa: S101  # as fixed makes it
    return replace(case, args=(logits * size, target))


def all_ignored() -> Family:
    """No target counts: under every option, the mean divides nothing by nothing."""
    plain = [Cell(ignore_index=index, reduction=reduction) for index in IGNORED for reduction in _PLAINLY]
    ignoring = [cell for cell in small_cells() if cell.ignore_index is not None]

    def meets(cell: Cell) -> Iterator[Hashable]:
        found = kinds(cell)
        yield from together(found, 2, ("form", "reduction", "weighted", "smoothed"))
        yield values(cell)["target"]

    chosen = dict.fromkeys([*plain, *covering(ignoring, meets)])
    return Family(fixed=probes(*(_with_target(fixed(cell), cell.ignore_index) for cell in chosen)))


def _with_target(case: Case, index: int | None, place: slice = slice(None)) -> Case:
    """The same call forward only, with one class for every target, or for some of them."""
    logits, target = case.args
    assert isinstance(target, Tensor)  # noqa: S101  # as fixed makes it
    filled = target.clone()
    filled.view(-1)[place] = index  # type: ignore[assignment]  # where classes are filled in, there is one
    return replace(case, args=(logits, filled), wrt=(0,), cotangent=None)


def empty() -> Family:
    """No row, or rows without a place."""
    chosen = [Cell(reduction=reduction) for reduction in _PLAINLY]
    return Family(
        fixed=probes(*(loss_case(c, torch.zeros(0, 3), torch.zeros(0, dtype=torch.int64), None, None) for c in chosen))
    )


def out_of_range() -> Family:
    """Classes that do not exist, in every branch: beyond the last one, or below 0, where indexing counts backwards."""
    logits = torch.tensor([[1.0, 2.0, 0.0], [0.5, 0.0, -1.0]])
    plain = [loss_case(Cell(), logits, torch.tensor(bad), None, None) for bad in ([3, 0], [0, 7], [-1, 0])]
    every = cells_of(form=_FORMS, target=(None, 1), reduction=REDUCTIONS, **_OPTIONS)

    def meets(pair: tuple[Cell, int]) -> Iterator[Hashable]:
        found = kinds(pair[0])
        yield pair[1], found["form"]
        yield from together(found, 1)

    # So far beyond that a probe of this form is there, too, and no second recording has to tell what happens then.
    chosen = covering([(cell, bad) for cell in every for bad in (1000, -1)], meets)
    return Family(fixed=probes(*plain, *(_with_target(fixed(cell), bad, slice(0, 1)) for cell, bad in chosen)))
