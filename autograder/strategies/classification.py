"""Families of cases for cross entropy: logits, class indices or class probabilities, and every option.

Each set of options is a cell of its own, and so is each combination: alone they let wrong answers through, such as
label smoothing that forgets the weights.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import torch
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy
from torch import Tensor

from autograder.course import Budget, Exercise
from autograder.strategies.probe import Families, Family, Probe, probes
from autograder.strategies.tensors import DTYPES, LAYOUTS, cotangents, numbers, pattern, tensors
from autograder.worker.case import SIMULATED, Argument, Case

F16, F32, F64 = torch.float16, torch.float32, torch.float64
_LARGEST = 4.0  # log(p + 1e-12) is still right there, and no textbook form overflows in float16
_REDUCTIONS = ("mean", "sum", "none")
_IGNORED = (-100, 1, -1)
_SHARES = (F64, F32, F64, torch.bfloat16, F64, F16)
_UNBATCHED, _BATCH, _SPATIAL, _SPATIAL2 = (), (2,), (2, 3), (2, 1, 2)
_FORMS = (
    _UNBATCHED,
    _BATCH,
    _SPATIAL,
    _SPATIAL2,
)  # shapes of the target; logits have the classes at dimension 1


@dataclass(frozen=True, slots=True)
class _Cell:
    """One combination of options; None leaves an option at its default."""

    weighted: bool = False
    ignore_index: int | None = None
    smoothing: float | None = None
    probabilities: bool = False
    reduction: str | None = None
    form: tuple[int, ...] = _BATCH
    dtype: torch.dtype = F64


def families(exercise: Exercise, budget: Budget) -> Families:
    """See `autograder.strategies.families`."""
    cells = {
        "ordinary": [_Cell(dtype=dtype) for dtype in _SHARES],
        "reductions": _cells(form=[_BATCH]),
        "unbatched": _cells(form=[_UNBATCHED]),
        "spatial": _cells(form=[_SPATIAL, _SPATIAL2]),
        "weight": _cells(weighted=[True]),
        "ignore-index": _cells(ignore_index=_IGNORED),
        "label-smoothing": _cells(smoothing=[0.1, 0.5]),
        "probabilities": _cells(probabilities=[True]),
        "weight+ignore-index": _cells(weighted=[True], ignore_index=_IGNORED, form=[_BATCH, _SPATIAL]),
        "weight+label-smoothing+ignore-index": _cells(
            weighted=[True], smoothing=[0.1], ignore_index=_IGNORED, form=[_BATCH, _SPATIAL]
        ),
        "probabilities+weight+label-smoothing": _cells(
            probabilities=[True], weighted=[True], smoothing=[0.25]
        ),
    }
    return {
        **{name: _cell_family(options, budget.option_cases) for name, options in cells.items()},
        "laws": _laws(),
        "one class": _one_class(),
        "bad reduction": _bad_reduction(),
        "dtypes": _dtypes(),
        "layouts": _layouts(),
        "repeated": _repeated(),
        "graph": _graph(),
        "growth": Family(fixed=tuple(_tiled(cell, "cpu") for cell in _SINGLE)),
        "device": _device(),
        "second": _second(),
        "extreme": _extreme(),
        "all ignored": _all_ignored(),
        "empty": _empty(),
        "out of range": _out_of_range(),
    }


def _cells(**choices: Sequence[object]) -> list[_Cell]:
    """Every combination of the choices, over all reductions and forms unless they are given."""
    choices = {"form": _FORMS, "reduction": _REDUCTIONS, **choices}
    return [
        _Cell(**dict(zip(choices, values, strict=True))) for values in itertools.product(*choices.values())
    ]  # type: ignore[arg-type]  # fields of _Cell


_SINGLE = (
    _Cell(),
    _Cell(weighted=True, reduction="sum"),
    _Cell(ignore_index=-100, reduction="none"),
    _Cell(smoothing=0.1),
    _Cell(probabilities=True),
    _Cell(weighted=True, ignore_index=1, smoothing=0.1),
    _Cell(form=_SPATIAL),
)
"""One cell for each option, for the properties that are about form, not numbers."""


# A fixed, readable case of a cell ------------------------------------------------------------------------------------

_CLASSES = 3
_WEIGHT = (1.0, 2.0, 0.5)
_ROWS = (0, 2, 1, 2, 0, 1)
_PROBABILITIES = ((0.25, 0.5, 0.25), (1.0, 0.0, 0.0), (0.125, 0.125, 0.75))


def _fixed(cell: _Cell, **fields: object) -> Case:
    """Different readable logits, every class among the targets, one of them ignored where the cell says so."""
    shape = _logits_shape(cell.form, _CLASSES)
    logits = pattern(shape, cell.dtype)
    target = _fixed_target(cell)
    weight = torch.tensor(_WEIGHT, dtype=cell.dtype) if cell.weighted else None
    return _case(cell, logits, target, weight, _ones(cell, logits), **fields)


def _fixed_target(cell: _Cell) -> Tensor:
    count = math.prod(cell.form)
    if cell.probabilities:
        rows = torch.tensor([_PROBABILITIES[index % 3] for index in range(count)], dtype=cell.dtype)
        return rows.reshape(*cell.form, _CLASSES).movedim(-1, min(1, len(cell.form))).contiguous()
    classes = [_ROWS[index % 6] for index in range(count)]
    if cell.ignore_index is not None and count > 1:
        classes[1] = cell.ignore_index
    return torch.tensor(classes).reshape(cell.form)


def _ones(cell: _Cell, logits: Tensor) -> Tensor:
    return torch.ones(_result_shape(cell, logits), dtype=logits.dtype)


def _result_shape(cell: _Cell, logits: Tensor) -> tuple[int, ...]:
    if cell.reduction != "none":
        return ()
    return tuple(logits.shape[:1] + logits.shape[2:]) if logits.dim() > 1 else ()


def _logits_shape(form: tuple[int, ...], classes: int) -> tuple[int, ...]:
    return (form[0], classes, *form[1:]) if form else (classes,)


def _case(
    cell: _Cell,
    logits: Tensor,
    target: Tensor,
    weight: Tensor | None,
    cotangent: Tensor | None,
    **fields: object,
) -> Case:
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


def _cell_family(cells: Sequence[_Cell], count: int) -> Family:
    dtypes = {cell.dtype for cell in cells}
    first = [replace(cell, dtype=dtype) for dtype in DTYPES for cell in cells[:1] if dtype in dtypes]
    fixed = [_fixed(cell) for cell in dict.fromkeys([*first, *cells])]
    if cells[0] == _Cell():  # the lesson's worked example comes before everything
        worked = _case(cells[0], torch.tensor([[1.0, 2.0, 0.0]], dtype=F64), torch.tensor([1]), None, torch.ones((), dtype=F64))  # fmt: skip
        fixed.insert(0, worked)
    return Family(
        fixed=probes(*fixed), strategies=tuple(_drawn(cell) for cell in cells), count=max(count, len(cells))
    )


def _drawn(cell: _Cell) -> SearchStrategy[Probe]:
    """Cases of a cell: 2 to 5 classes and sides of 1 to 3."""
    sides = st.tuples(*(st.integers(1, 3) for _ in cell.form))
    sizes = st.tuples(numbers(_LARGEST, cell.dtype), st.integers(2, 5), sides)
    return sizes.flatmap(lambda drawn: _drawn_sized(cell, *drawn))


def _drawn_sized(
    cell: _Cell, kind: SearchStrategy[float], classes: int, form: tuple[int, ...]
) -> SearchStrategy[Probe]:
    shape = _logits_shape(form, classes)
    result = form if cell.reduction == "none" else ()
    weights = st.lists(st.sampled_from([1.0, 2.0, 0.5, 3.0, 0.25]), min_size=classes, max_size=classes)

    def build(drawn: tuple[Tensor, Tensor, list[float], Tensor]) -> Probe:
        logits, target, weight, cotangent = drawn
        heavy = torch.tensor(weight, dtype=cell.dtype) if cell.weighted else None
        return Probe((_case(cell, logits, target, heavy, cotangent),))

    target = (
        _drawn_probabilities(cell, form, classes)
        if cell.probabilities
        else _drawn_classes(cell, form, classes)
    )
    return st.tuples(
        tensors(shape, kind, cell.dtype),
        target,
        weights if cell.weighted else st.just([]),
        cotangents(result, cell.dtype),
    ).map(build)


def _drawn_classes(cell: _Cell, form: tuple[int, ...], classes: int) -> SearchStrategy[Tensor]:
    """Class indices; at least one of them counts, since nothing counted is a property of its own."""
    ignored = cell.ignore_index
    counted = [index for index in range(classes) if index != ignored]
    allowed = counted if ignored is None else [*counted, ignored]
    rest = math.prod(form) - 1
    return st.tuples(
        st.sampled_from(counted), st.lists(st.sampled_from(allowed), min_size=rest, max_size=rest)
    ).map(lambda drawn: torch.tensor([drawn[0], *drawn[1]]).reshape(form))


def _drawn_probabilities(cell: _Cell, form: tuple[int, ...], classes: int) -> SearchStrategy[Tensor]:
    """Probabilities that sum to 1, as the contract says: a form that relies on it is right."""
    shares = st.lists(st.integers(0, 8), min_size=classes, max_size=classes).map(
        lambda parts: [part / sum(parts) for part in parts] if any(parts) else [1.0] + [0.0] * (classes - 1)
    )
    count = math.prod(form)
    return st.lists(shares, min_size=count, max_size=count).map(
        lambda rows: (
            torch.tensor(rows, dtype=cell.dtype)
            .reshape(*form, classes)
            .movedim(-1, min(1, len(form)))
            .contiguous()
        )
    )


# Directed families ----------------------------------------------------------------------------------------------------


def _laws() -> Family:
    """Pairs whose results must agree; the second of each is the first with something irrelevant changed."""

    def shifted(logits: Tensor, target: Tensor) -> Probe:
        return Probe((_plain(logits, target), _plain(logits + 1.5, target)), "shift")

    def permuted(logits: Tensor, target: Tensor) -> Probe:
        order = torch.arange(logits.shape[1]).roll(1)
        place = torch.argsort(order)
        return Probe(
            (_plain(logits, target), _plain(logits[:, order].contiguous(), place[target])), "classes"
        )

    def reordered(logits: Tensor, target: Tensor) -> Probe:
        rows = torch.arange(len(logits)).flip(0)
        return Probe((_plain(logits, target), _plain(logits[rows].contiguous(), target[rows])), "rows")

    makers = (shifted, permuted, reordered)
    examples = [
        (torch.tensor([[1.0, 2.0, 0.0]], dtype=F64), torch.tensor([1])),
        (pattern((3, 3)), torch.tensor([0, 2, 1])),
    ]

    def drawn(kind: SearchStrategy[float]) -> SearchStrategy[tuple[Tensor, Tensor]]:
        return st.tuples(
            tensors((2, 3), kind), st.lists(st.integers(0, 2), min_size=2, max_size=2).map(torch.tensor)
        )

    pairs = numbers(_LARGEST).flatmap(drawn)
    return Family(
        fixed=tuple(maker(*example) for maker in makers for example in examples),
        strategies=tuple(pairs.map(lambda pair, maker=maker: maker(*pair)) for maker in makers),
        count=12,
    )


def _plain(logits: Tensor, target: Tensor) -> Case:
    return _case(_Cell(), logits, target, None, torch.ones((), dtype=logits.dtype))


def _one_class() -> Family:
    cells = [_Cell(reduction=reduction) for reduction in _REDUCTIONS]
    logits, target = torch.tensor([[2.0], [-1.0]], dtype=F64), torch.tensor([0, 0])
    return Family(
        fixed=probes(*(_case(cell, logits, target, None, _ones(cell, logits)) for cell in cells)),
    )


def _bad_reduction() -> Family:
    case = _fixed(_Cell())
    return Family(
        fixed=probes(*(replace(case, kwargs={"reduction": name}) for name in ("avg", "Mean", "", None)))
    )


def _dtypes() -> Family:
    cells = (
        _Cell(),
        _Cell(weighted=True),
        _Cell(smoothing=0.1),
        _Cell(probabilities=True),
        _Cell(form=_UNBATCHED),
    )
    return Family(
        fixed=probes(
            *(
                _fixed(replace(cell, dtype=dtype), default_dtype=default)
                for cell in cells
                for default in (F32, F64)
                for dtype in DTYPES
            )
        )
    )


def _layouts() -> Family:
    fixed = []
    for layout in LAYOUTS.values():
        for cell in (_Cell(), _Cell(reduction="none", form=_SPATIAL2), _Cell(probabilities=True)):
            case = _fixed(cell)
            logits, target = case.args
            assert isinstance(logits, Tensor)  # noqa: S101  # as _fixed makes it
            assert isinstance(target, Tensor)  # noqa: S101  # likewise
            fixed += [
                replace(case, args=(layout(logits), target)),
                replace(case, args=(logits, layout(target))),
            ]
    weighted = _fixed(_Cell(weighted=True))
    strided = torch.tensor(_WEIGHT, dtype=F64).repeat_interleave(2)[::2]
    return Family(fixed=probes(*fixed, replace(weighted, kwargs={"weight": strided})))


def _repeated() -> Family:
    def thrice(cell: _Cell) -> Probe:
        first = replace(_fixed(cell), wrt=(), cotangent=None)
        logits = first.args[0]
        assert isinstance(logits, Tensor)  # noqa: S101  # as _fixed makes it
        return Probe((first, replace(first, args=(logits.flip(0).contiguous() + 0.5, first.args[1])), first))

    return Family(fixed=tuple(thrice(cell) for cell in (*_SINGLE, _Cell(dtype=F32, reduction="none"))))


def _graph() -> Family:
    plain, dense = (_fixed(cell) for cell in (_Cell(), _Cell(probabilities=True)))
    return Family(
        fixed=(
            Probe((replace(plain, wrt=(), cotangent=None),), "without"),
            Probe((plain,), "with"),
            Probe((replace(dense, wrt=(1,)),), "with"),
            Probe((replace(plain, cotangent=None, grad_enabled=False),), "no_grad"),
        )
    )


def _tiled(cell: _Cell, device: str) -> Probe:
    """The same rows once and four times: what grows with them was done row by row."""
    case = _fixed(replace(cell, dtype=F32), device=device, trace=True)
    args = tuple(
        value.repeat(4, *[1] * (value.dim() - 1)) for value in case.args if isinstance(value, Tensor)
    )
    cotangent = case.cotangent
    if cotangent is not None and cotangent.dim():
        cotangent = cotangent.repeat(4, *[1] * (cotangent.dim() - 1))
    return Probe((case, replace(case, args=args, cotangent=cotangent)), "growth")


def _device() -> Family:
    cells = (*_SINGLE, _Cell(form=_UNBATCHED), _Cell(probabilities=True, weighted=True, smoothing=0.1))
    placed = [
        Probe((_fixed(replace(cell, dtype=F32), device=SIMULATED, trace=True),), "placed") for cell in cells
    ]
    return Family(fixed=(*placed, *(_tiled(cell, SIMULATED) for cell in _SINGLE)))


def _second() -> Family:
    def case(cell: _Cell) -> Case:
        plain = _fixed(cell)
        return replace(
            plain, second=tuple(pattern(tuple(plain.args[i].shape), F64, 0.25 - i) for i in plain.wrt)
        )  # type: ignore[union-attr]  # wrt names tensors

    return Family(fixed=probes(*(case(cell) for cell in (*_SINGLE, _Cell(reduction="none")))))


def _extreme() -> Family:
    """Logits that overflow exp, far apart within a row and between rows."""
    levels = {F64: (1e3, 1e4), F32: (1e2, 1e3, 1e4), torch.bfloat16: (1e2, 1e3), F16: (40.0,)}
    fixed = []
    for dtype, sizes in levels.items():
        for size in sizes:
            rows = torch.tensor([[1.0, 0.0, -1.0], [0.0, 0.0, 0.0], [-1.0, -1.0, -0.5]], dtype=F64) * size
            for target in ([0, 1, 2], [2, 0, 0]):
                fixed.append(
                    _case(_Cell(), rows.to(dtype), torch.tensor(target), None, torch.ones((), dtype=dtype))
                )
            fixed.append(
                _case(_Cell(), rows[:1].to(dtype), torch.tensor([2]), None, torch.ones((), dtype=dtype))
            )
    return Family(fixed=probes(*fixed))


def _all_ignored() -> Family:
    cells = [
        _Cell(ignore_index=index, reduction=reduction) for index in _IGNORED for reduction in _REDUCTIONS
    ]
    return Family(
        fixed=probes(
            *(_case(c, pattern((2, 3)), torch.tensor([c.ignore_index] * 2), None, None) for c in cells)
        )
    )


def _empty() -> Family:
    cells = [_Cell(reduction=reduction) for reduction in _REDUCTIONS]
    return Family(
        fixed=probes(
            *(_case(c, torch.zeros(0, 3), torch.zeros(0, dtype=torch.int64), None, None) for c in cells)
        )
    )


def _out_of_range() -> Family:
    logits = torch.tensor([[1.0, 2.0, 0.0], [0.5, 0.0, -1.0]])
    return Family(
        fixed=probes(
            *(_case(_Cell(), logits, torch.tensor(bad), None, None) for bad in ([3, 0], [0, 7], [-1, 0]))
        )
    )
