"""Families of cases for cross entropy: logits, class indices or class probabilities, and every option.

Each set of options is a family of its own, and so is each combination: alone they let wrong answers through, such as
label smoothing that forgets the weights.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import torch
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy
from torch import Tensor

from autograder.course import Budget, Exercise
from autograder.strategies.cells import (
    BATCH,
    IGNORED,
    LARGEST,
    REDUCTIONS,
    SPATIAL,
    SPATIAL2,
    UNBATCHED,
    WEIGHT,
    Cell,
    cell_family,
    fixed,
    loss_case,
    ones,
    pairwise,
)
from autograder.strategies.probe import Families, Family, Probe, probes, without_gradients
from autograder.strategies.sweeps import CLASSES, SIZES, SWEEP
from autograder.strategies.tensors import DTYPES_AND_DEFAULTS, LAYOUTS, numbers, pattern, tensors
from autograder.worker.case import SIMULATED, Case

F16, F32, F64 = torch.float16, torch.float32, torch.float64
_SHARES = (F64, F32, F64, torch.bfloat16, F64, F16)
_TELLING = ((F64, F32), (F16, F32), (F32, F64))  # dtypes of a case under torch's default dtypes


_ALL_AT_ONCE = Cell(weighted=True, ignore_index=1, smoothing=0.1)
_DENSE = Cell(probabilities=True, weighted=True, smoothing=0.1)
"""For the properties that are about form, not numbers: most of an answer's code runs in one call."""


def _light() -> Case:
    """Weights that add up to less than 1 over the targets: who clamps the denominator at 1 is wrong here only."""
    logits, target = pattern((2, 3)), torch.tensor([0, 2])
    return loss_case(
        Cell(weighted=True, reduction="mean"),
        logits,
        target,
        torch.tensor([0.25, 2.0, 0.5], dtype=F64),
        torch.ones((), dtype=F64),
    )


_DIRECTED = {"weight": (_light(),)}
"""What is wrong on few draws of a set of options gets a case of its own."""

_IMAGES = (UNBATCHED, BATCH, SPATIAL2)
"""Four dimensions in half of the families and three in the others: `spatial` has both."""


def families(exercise: Exercise, budget: Budget) -> Families:
    """See `autograder.strategies.families`."""
    options = {
        "reductions": pairwise(form=[BATCH]),
        "unbatched": pairwise(form=[UNBATCHED]),
        "spatial": pairwise(form=[SPATIAL, SPATIAL2]),
        "weight": pairwise(weighted=[True], form=_IMAGES),
        "ignore-index": pairwise(ignore_index=IGNORED),
        "label-smoothing": pairwise(smoothing=[0.1, 0.5], form=_IMAGES),
        "probabilities": pairwise(probabilities=[True], form=_IMAGES),
        "weight+ignore-index": pairwise(weighted=[True], ignore_index=IGNORED, form=[BATCH, SPATIAL]),
        "weight+label-smoothing+ignore-index": pairwise(
            weighted=[True], smoothing=[0.1], ignore_index=IGNORED, form=[BATCH, SPATIAL2]
        ),
        "probabilities+weight+label-smoothing": pairwise(probabilities=[True], weighted=[True], smoothing=[0.25]),
    }
    return {
        "ordinary": _ordinary(budget),
        **{name: cell_family(chosen, budget.option_cases, _DIRECTED.get(name, ())) for name, chosen in options.items()},
        "laws": _laws(),
        "one class": _one_class(),
        "bad reduction": _bad_reduction(),
        "dtypes": _dtypes(),
        "layouts": _layouts(),
        "repeated": _repeated(),
        "graph": _graph(),
        "growth": _growth(),
        "device": _device(),
        "second": _second(),
        "extreme": _extreme(),
        "all ignored": _all_ignored(),
        "empty": _empty(),
        "out of range": _out_of_range(),
    }


def _ordinary(budget: Budget) -> Family:
    family = cell_family([Cell(dtype=dtype) for dtype in _SHARES], max(budget.option_cases, len(_SHARES)))
    return replace(family, fixed=(*family.fixed, *probes(*_swept(), label=SWEEP)))


def _swept() -> Iterator[Case]:
    """Many rows, and many classes: few rows then, for answers that compare each class with each."""
    for rows, classes in (*((size, 3) for size in SIZES), *((10, count) for count in CLASSES)):
        logits = (torch.arange(rows * classes, dtype=F64) * 5 % 13).reshape(rows, classes) * 0.375 - 2
        yield _plain(logits, classes - 1 - torch.arange(rows) * max(1, classes // rows) % classes)


# Directed families ----------------------------------------------------------------------------------------------------


def _laws() -> Family:
    """Pairs whose results must agree; the second of each is the first with something irrelevant changed."""

    def shifted(logits: Tensor, target: Tensor) -> Probe:
        return Probe((_plain(logits, target), _plain(logits + 1.5, target)), "shift")

    def permuted(logits: Tensor, target: Tensor) -> Probe:
        order = torch.arange(logits.shape[1]).roll(1)
        place = torch.argsort(order)
        return Probe((_plain(logits, target), _plain(logits[:, order].contiguous(), place[target])), "classes")

    def reordered(logits: Tensor, target: Tensor) -> Probe:
        rows = torch.arange(len(logits)).flip(0)
        return Probe((_plain(logits, target), _plain(logits[rows].contiguous(), target[rows])), "rows")

    makers = (shifted, permuted, reordered)
    example = pattern((3, 3)), torch.tensor([0, 2, 1])

    def drawn(kind: SearchStrategy[float]) -> SearchStrategy[tuple[Tensor, Tensor]]:
        return st.tuples(tensors((2, 3), kind), st.lists(st.integers(0, 2), min_size=2, max_size=2).map(torch.tensor))

    pairs = numbers(LARGEST).flatmap(drawn)
    return Family(
        fixed=tuple(maker(*example) for maker in makers),
        strategies=tuple(st.builds(lambda pair, make: make(*pair), pairs, st.just(maker)) for maker in makers),
        count=len(makers),
    )


def _plain(logits: Tensor, target: Tensor) -> Case:
    return loss_case(Cell(), logits, target, None, torch.ones((), dtype=logits.dtype))


def _one_class() -> Family:
    chosen = [Cell(reduction=reduction) for reduction in REDUCTIONS]
    logits, target = torch.tensor([[2.0], [-1.0]], dtype=F64), torch.tensor([0, 0])
    return Family(
        fixed=probes(*(loss_case(cell, logits, target, None, ones(cell, logits)) for cell in chosen)),
    )


def _bad_reduction() -> Family:
    case = fixed(Cell())
    return Family(fixed=probes(*(replace(case, kwargs={"reduction": name}) for name in ("avg", "Mean", "", None))))


def _dtypes() -> Family:
    """All dtypes for the plain call; elsewhere those that a constant of either default dtype widens or narrows."""
    chosen = [(Cell(), *pair) for pair in DTYPES_AND_DEFAULTS]
    chosen += [(cell, *pair) for cell in (_ALL_AT_ONCE, _DENSE, Cell(form=UNBATCHED)) for pair in _TELLING]
    return Family(fixed=probes(*(fixed(replace(cell, dtype=d), default_dtype=default) for cell, d, default in chosen)))


def _layouts() -> Family:
    """Rows and images: strides are worked out by hand for one of them, and the other is then right."""
    found = []
    rows, images, dense = Cell(), Cell(reduction="none", form=(2, 2, 3)), Cell(probabilities=True)
    laid_out = {rows: ("transposed", "strided", "expanded"), images: LAYOUTS, dense: ("transposed",)}
    for cell, names in laid_out.items():
        for name in names:
            case, layout = fixed(cell), LAYOUTS[name]
            logits, target = case.args
            assert isinstance(logits, Tensor)  # noqa: S101  # as fixed makes it
            assert isinstance(target, Tensor)  # noqa: S101  # likewise
            found.append(replace(case, args=(layout(logits), layout(target))))
    weighted = fixed(Cell(weighted=True))
    strided = torch.tensor(WEIGHT, dtype=F64).repeat_interleave(2)[::2]
    return Family(fixed=probes(*found, replace(weighted, kwargs={"weight": strided})))


def _repeated() -> Family:
    def thrice(cell: Cell) -> Probe:
        first = replace(fixed(cell), wrt=(), cotangent=None, watch=True)
        logits = first.args[0]
        assert isinstance(logits, Tensor)  # noqa: S101  # as fixed makes it
        return Probe((first, replace(first, args=(logits.flip(0).contiguous() + 0.5, first.args[1])), first))

    cells = (_ALL_AT_ONCE, _DENSE, Cell(dtype=F32, reduction="none"))
    *with_gradients, last = (thrice(cell) for cell in cells)
    return Family(fixed=(*with_gradients, without_gradients(last)))


def _graph() -> Family:
    plain, dense = (fixed(cell) for cell in (Cell(), Cell(probabilities=True)))
    return Family(
        fixed=(
            Probe((replace(plain, wrt=(), cotangent=None),), "without"),
            Probe((plain,), "with"),
            Probe((replace(dense, wrt=(1,)),), "with"),
            Probe((replace(plain, cotangent=None, grad_enabled=False),), "no_grad"),
        )
    )


def _growth() -> Family:
    cells = (Cell(), Cell(reduction="none", form=SPATIAL), _ALL_AT_ONCE, replace(_DENSE, reduction="sum"))
    return Family(fixed=tuple(_tiled(cell, "cpu") for cell in cells))


def _tiled(cell: Cell, device: str) -> Probe:
    """The same rows twice and eight times: what grows with them was done row by row.

    Twice, not once: a masked assignment of a single number takes another path in torch, with other operations.
    """
    case = fixed(replace(cell, dtype=F32, form=(4, *cell.form[1:])), device=device, trace=True)
    return Probe(tuple(_repeat(case, times) for times in (2, 8)), "growth")


def _repeat(case: Case, times: int) -> Case:
    def repeat(tensor: Tensor) -> Tensor:
        return tensor.repeat(times, *[1] * (tensor.dim() - 1)) if tensor.dim() else tensor

    args = tuple(repeat(value) if isinstance(value, Tensor) else value for value in case.args)
    return replace(case, args=args, cotangent=None if case.cotangent is None else repeat(case.cotangent))


def _device() -> Family:
    chosen = (
        Cell(weighted=True, reduction="sum"),
        Cell(ignore_index=-100, reduction="none"),
        Cell(smoothing=0.1, form=SPATIAL),
        Cell(form=UNBATCHED),
        _DENSE,
    )
    placed = [Probe((fixed(replace(cell, dtype=F32), device=SIMULATED, trace=True),), "placed") for cell in chosen]
    # One cell only: a case here costs ten others, and a loop over the rows shows in `growth` too.
    return Family(fixed=(*placed, _tiled(_ALL_AT_ONCE, SIMULATED)))


def _second() -> Family:
    def case(cell: Cell) -> Case:
        plain = fixed(cell)
        tensors_of = [value for value in plain.args if isinstance(value, Tensor)]
        return replace(plain, second=tuple(pattern(tuple(tensors_of[i].shape), F64, 0.25 - i) for i in plain.wrt))

    cells = (Cell(), Cell(reduction="none"), _ALL_AT_ONCE, _DENSE)
    return Family(fixed=probes(*(case(cell) for cell in cells)))


def _extreme() -> Family:
    """Logits that overflow exp, far apart within a row and between rows."""
    levels = {F64: (1e3, 1e4), F32: (1e2, 1e3, 1e4), torch.bfloat16: (1e2, 1e3), F16: (40.0,)}

    def case(dtype: torch.dtype, size: float, *target: int) -> Case:
        rows = torch.tensor([[1.0, 0.0, -1.0], [0.0, 0.0, 0.0], [-1.0, -1.0, -0.5]], dtype=F64) * size
        return loss_case(Cell(), rows[: len(target)].to(dtype), torch.tensor(target), None, torch.ones((), dtype=dtype))

    far_off = [case(dtype, size, 2, 0, 0) for dtype, sizes in levels.items() for size in sizes]
    likeliest = [case(dtype, sizes[0], 0, 1, 2) for dtype, sizes in levels.items()]
    return Family(fixed=probes(*far_off, *likeliest, case(F64, 1e3, 2), _one_far_above()))


def _one_far_above() -> Case:
    """Less the mean, exp still overflows; less the maximum, it does not even become 0: the two are told apart."""
    logits = torch.tensor([[100.0] + [0.0] * 11], dtype=F32)
    return loss_case(Cell(), logits, torch.tensor([0]), None, torch.ones(()))


def _all_ignored() -> Family:
    chosen = [Cell(ignore_index=index, reduction=reduction) for index in IGNORED for reduction in REDUCTIONS]
    return Family(
        fixed=probes(*(loss_case(c, pattern((2, 3)), torch.tensor([c.ignore_index] * 2), None, None) for c in chosen))
    )


def _empty() -> Family:
    chosen = [Cell(reduction=reduction) for reduction in REDUCTIONS]
    return Family(
        fixed=probes(*(loss_case(c, torch.zeros(0, 3), torch.zeros(0, dtype=torch.int64), None, None) for c in chosen))
    )


def _out_of_range() -> Family:
    logits = torch.tensor([[1.0, 2.0, 0.0], [0.5, 0.0, -1.0]])
    return Family(
        fixed=probes(*(loss_case(Cell(), logits, torch.tensor(bad), None, None) for bad in ([3, 0], [0, 7], [-1, 0])))
    )
