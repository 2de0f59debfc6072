"""Families of cases for cross entropy: logits, class indices or class probabilities, and every option.

Each set of options is a family of its own, and so is each combination: alone they let wrong answers through, such as
label smoothing that forgets the weights.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from dataclasses import replace

import torch
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy
from torch import Tensor

from autograder.course import Budget, Exercise
from autograder.strategies import classification_edges as edges
from autograder.strategies.cells import (
    LARGEST,
    ROWS,
    SPATIAL,
    UNBATCHED,
    WEIGHT,
    Cell,
    cell_family,
    fixed,
    loss_case,
)
from autograder.strategies.cover import covering, together
from autograder.strategies.option_space import (
    BRANCHES,
    beside,
    cells_in_dtypes,
    family_of,
    few_cells,
    kinds,
    option_cells,
)
from autograder.strategies.probe import Families, Family, Probe, probes, without_gradients
from autograder.strategies.sweeps import CLASSES, SIZES, SWEEP
from autograder.strategies.tensors import LAYOUTS, numbers, pattern, tensors
from autograder.worker.case import SIMULATED, Case

F16, F32, F64 = torch.float16, torch.float32, torch.float64
_SHARES = (F64, F32, F64, torch.bfloat16, F64, F16)


_ALL_AT_ONCE = Cell(weights=WEIGHT, ignore_index=1, smoothing=0.1)
_DENSE = Cell(probabilities=True, weights=WEIGHT, smoothing=0.1)
"""For the properties that are about form, not numbers: most of an answer's code runs in one call."""


def _bare(cell: Cell) -> Case:
    """A cell's options by position, as torch's own are given now and then."""
    case = fixed(cell)
    order = ("weight", "ignore_index", "reduction", "label_smoothing")
    return replace(case, kwargs={name: case.kwargs[name] for name in order if name in case.kwargs}, bare=True)


def _light() -> Case:
    """Weights that add up to less than 1 over the targets: who clamps the denominator at 1 is wrong here only."""
    logits, target = pattern((2, 3)), torch.tensor([0, 2])
    return loss_case(
        Cell(weights=WEIGHT, reduction="mean"),
        logits,
        target,
        torch.tensor([0.25, 2.0, 0.5], dtype=F64),
        torch.ones((), dtype=F64),
    )


_DIRECTED = {
    "reductions": (replace(fixed(Cell(form=ROWS)), names=("input", "target")),),
    "weight": (_light(), _bare(Cell(form=ROWS, weights=WEIGHT))),
    "weight+label-smoothing+ignore-index": (_bare(Cell(WEIGHT, 0, 0.1, reduction="sum", form=ROWS)),),
}
"""What is wrong in few calls of a set of options gets a case of its own."""


def families(exercise: Exercise, budget: Budget) -> Families:
    """See `autograder.strategies.families`."""
    options: dict[str, list[Cell]] = {}
    for cell in option_cells():
        options.setdefault(family_of(cell), []).append(cell)
    return {
        "ordinary": _ordinary(budget),
        **{name: cell_family(chosen, budget.option_cases, _DIRECTED.get(name, ())) for name, chosen in options.items()},
        "laws": _laws(),
        "one class": edges.one_class(),
        "bad reduction": edges.bad_reduction(),
        "dtypes": _dtypes(),
        "layouts": _layouts(),
        "repeated": _repeated(),
        "graph": _graph(),
        "growth": _growth(),
        "device": _device(),
        "second": _second(),
        "extreme": edges.extreme(),
        "all ignored": edges.all_ignored(),
        "empty": edges.empty(),
        "out of range": edges.out_of_range(),
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


def _dtypes() -> Family:
    """All dtypes under torch's default dtypes: a constant of either widens or narrows some of them."""
    return Family(fixed=probes(*(fixed(cell, default_dtype=default) for cell, default in cells_in_dtypes())))


# Layouts of logits and of their target.
_LAID_OUT = {
    "transposed": ("transposed", "strided"),
    "strided": ("strided", "every second row"),
    "expanded": ("expanded", "expanded"),
    "every second row": ("every second row", "transposed"),
}
_OFFSET, _TRANSPOSED_GRADIENT, _EXPANDED_GRADIENT = "offset", "transposed gradient", "expanded gradient"


def _layouts() -> Family:
    """Rows and images: strides are worked out by hand for one of them, and the other is then right."""

    def makes_sense(cell: Cell, name: str) -> bool:
        several = len(cell.form) if cell.reduction == "none" else 0  # of dimensions of what comes back
        least = {_TRANSPOSED_GRADIENT: several > 1, _EXPANDED_GRADIENT: several > 0}
        return least.get(name, bool(cell.form) or name == _OFFSET)

    names = (*_LAID_OUT, _OFFSET, _TRANSPOSED_GRADIENT, _EXPANDED_GRADIENT)
    pairs = [(cell, name) for cell in option_cells() for name in names if makes_sense(cell, name)]

    plain = [(Cell(form=ROWS), name) for name in (*_LAID_OUT, _OFFSET)]

    def meets(pair: tuple[Cell, str]) -> Iterator[Hashable]:
        cell, name = pair
        yield from ((name, met) for met in together(kinds(cell), 1))
        if name == _OFFSET or name in _LAID_OUT:  # in every branch, for any number of dimensions
            yield name, len(cell.form)
            yield from ((name == _OFFSET, met) for met in (cell.form, *together(kinds(cell), 2, BRANCHES)))

    return Family(fixed=probes(*(_laid_out(cell, name) for cell, name in covering(pairs, meets, plain))))


def _laid_out(cell: Cell, name: str) -> Case:
    case = fixed(cell)
    logits, target = case.args
    assert isinstance(logits, Tensor)  # noqa: S101  # as fixed makes it
    assert isinstance(target, Tensor)  # noqa: S101  # likewise
    if name == _OFFSET:
        return replace(case, offset=3)
    if name in (_TRANSPOSED_GRADIENT, _EXPANDED_GRADIENT):  # the gradient of a sum has no strides
        assert case.cotangent is not None  # noqa: S101  # as fixed makes it
        transposed = LAYOUTS["transposed"](case.cotangent)
        return replace(
            case,
            cotangent=transposed if name == _TRANSPOSED_GRADIENT else torch.ones(()).double().expand(transposed.shape),
        )
    kwargs = dict(case.kwargs)
    if isinstance(weight := kwargs.get("weight"), Tensor):
        kwargs["weight"] = weight.repeat_interleave(2)[::2]
    first, second = (LAYOUTS[layout] for layout in _LAID_OUT[name])
    return replace(case, args=(first(logits), second(target)), kwargs=kwargs)


def _repeated() -> Family:
    """Calls one after the other; what a call writes to is looked for in the cases of every family."""

    def thrice(cell: Cell) -> Probe:
        first = replace(fixed(cell), wrt=(), cotangent=None, watch=True)
        logits = first.args[0]
        assert isinstance(logits, Tensor)  # noqa: S101  # as fixed makes it
        return Probe((first, replace(first, args=(logits.flip(0).contiguous() + 0.5, first.args[1])), first))

    cells = (_ALL_AT_ONCE, _DENSE, Cell(dtype=F32))
    *with_gradients, last = (thrice(cell) for cell in cells)
    return Family(fixed=(*with_gradients, without_gradients(last)))


def _graph() -> Family:
    plain, dense = (fixed(cell) for cell in (Cell(), Cell(probabilities=True)))
    modes = beside(((cell, mode) for cell in option_cells() for mode in ("after a layer", "no_grad")), closely=True)
    return Family(
        fixed=(
            Probe((replace(plain, wrt=(), cotangent=None),), "without"),
            Probe((plain,), "with"),
            Probe((replace(dense, wrt=(1,)),), "with"),
            Probe((replace(plain, cotangent=None, grad_enabled=False),), "no_grad"),
            Probe((replace(plain, cotangent=None, inference=True),), "inference"),
            Probe((replace(plain, leaf=False),), "after a layer"),
            *(Probe((_under(cell, mode),), mode) for cell, mode in modes),
        )
    )


def _under(cell: Cell, mode: str) -> Case:
    case = fixed(cell)
    return replace(case, leaf=False) if mode == "after a layer" else replace(case, cotangent=None, grad_enabled=False)


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
        Cell(weights=WEIGHT, reduction="sum"),
        Cell(ignore_index=-100, reduction="none"),
        Cell(smoothing=0.1, form=SPATIAL),
        Cell(form=UNBATCHED),
        _DENSE,
    )
    placed = [Probe((fixed(replace(cell, dtype=F32), device=SIMULATED, trace=True),), "placed") for cell in chosen]
    # Two cells only: a case here costs ten others, and a loop over the rows shows in `growth` too.
    return Family(fixed=(*placed, _tiled(_ALL_AT_ONCE, SIMULATED), _tiled(Cell(), SIMULATED)))


def _second() -> Family:
    def case(cell: Cell) -> Case:
        plain = fixed(cell)
        tensors_of = [value for value in plain.args if isinstance(value, Tensor)]
        return replace(plain, second=tuple(pattern(tuple(tensors_of[i].shape), F64, 0.25 - i) for i in plain.wrt))

    return Family(fixed=probes(*(case(cell) for cell in (Cell(), *few_cells()))))
