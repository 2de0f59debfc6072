"""Families of cases for an elementwise function of one tensor."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import torch
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy
from torch import Tensor

from autograder.course import Budget, Exercise
from autograder.strategies.packing import side_by_side, sorted_and_mirrored
from autograder.strategies.probe import Families, Family, Probe, probes, without_gradients
from autograder.strategies.sweeps import elementwise, tiny
from autograder.strategies.tensors import (
    DTYPES,
    DTYPES_AND_DEFAULTS,
    LAYOUTS,
    cotangents,
    domain,
    incoming,
    numbers,
    pattern,
    points,
    shapes,
    tensors,
)
from autograder.worker.case import SIMULATED, Case

F32, F64 = torch.float32, torch.float64
_RELU = "torch.nn.ReLU"
_RELU_DOMAIN = 1e4  # finds a clamp(0, 100)
_SHAPES = (
    (), (1,), (0,), (2, 0, 3), (2, 1, 3), (2, 1, 2, 2), (1, 2, 1, 2, 2), (2, 1, 2, 1, 2, 1),
)  # fmt: skip
_EXTREMES = {
    torch.float64: (100.0, 1e3, 3e38),
    torch.float32: (100.0, 1e3, 3e38),
    torch.bfloat16: (100.0, 1e3, 3e38),
    torch.float16: (100.0, 1e3, 6e4),
}
_SHARES = (
    F64,
    F32,
    F64,
    torch.bfloat16,
    F64,
    torch.float16,
)  # wrong functions fail in float64; half of the draws


def families(exercise: Exercise, budget: Budget) -> Families:
    """See `autograder.strategies.families`."""
    wide = exercise.reference == _RELU
    return {
        "ordinary": _ordinary(wide, budget),
        "second": _second(wide),
        "dtypes": _dtypes(),
        "shapes": Family(fixed=probes(*(_differentiated(pattern(shape, F32)) for shape in _SHAPES))),
        "layouts": _layouts(),
        "repeated": _repeated(),
        "graph": _graph(),
        "elementwise": _elementwise(),
        "laws": _laws(),
        "device": _device(),
        "module": _module(),
        "zero": Family(fixed=probes(*(_differentiated(torch.zeros(1, dtype=dtype)) for dtype in (F64, F32)))),
        "extreme": _extreme(),
        "infinite": _special(torch.inf, -torch.inf),
        "nan": _special(torch.nan),
        "accuracy": _accuracy(),
    }


def _differentiated(x: Tensor, **options: object) -> Case:
    return Case((x,), wrt=(0,), cotangent=torch.ones_like(x), **options)  # type: ignore[arg-type]  # fields of Case


def _ordinary(wide: bool, budget: Budget) -> Family:
    extra = (100.0, -100.0, 1e4) if wide else ()
    fixed = [
        Case((x := torch.tensor([value], dtype=dtype),), wrt=(0,), cotangent=incoming(x))
        for dtype in DTYPES
        for value in (*points(dtype), *(extra if dtype is not torch.float16 else ()))
    ]

    def strategy(dtype: torch.dtype, largest: float) -> SearchStrategy[Probe]:
        return st.tuples(numbers(largest, dtype), shapes()).flatmap(
            lambda drawn: st.tuples(tensors(drawn[1], drawn[0], dtype), cotangents(drawn[1], dtype)).map(
                lambda pair: Probe((Case((pair[0],), wrt=(0,), cotangent=pair[1]),))
            )
        )

    def largest(dtype: torch.dtype) -> float:
        return _RELU_DOMAIN if wide and dtype is not torch.float16 else domain(dtype)

    swept = elementwise({dtype: largest(dtype) for dtype in (torch.bfloat16, torch.float16)})
    return Family(
        fixed=(*map(_by_sign, fixed), *swept),
        strategies=tuple(strategy(dtype, largest(dtype)) for dtype in _SHARES),
        count=budget.cases,
        join=side_by_side,
        apart=4,
        first=2,
    )


def _by_sign(case: Case) -> Probe:
    """In float64 packs are of one sign, in the other dtypes of both.

    Else who chooses a formula for the whole tensor, by ``x.min() >= 0``, would be asked for one of them only.
    """
    x = case.args[0]
    assert isinstance(x, Tensor)  # noqa: S101  # an activation takes one
    sign = int(x.sign()) if x.dtype is F64 else 0
    return Probe((case,), {1: "positive", -1: "negative", 0: ""}[sign])


def _second(wide: bool) -> Family:
    def case(x: Tensor, cotangent: Tensor, second: Tensor) -> Case:
        return Case((x,), wrt=(0,), cotangent=cotangent, second=(second,))

    one = torch.ones(1, dtype=F64)
    fixed = [case(torch.tensor([value], dtype=F64), one, one) for value in points(F64) if value]
    largest = 100.0 if wide else 20.0
    strategy = st.tuples(numbers(largest), shapes()).flatmap(
        lambda drawn: st.tuples(tensors(drawn[1], drawn[0]), cotangents(drawn[1], F64), cotangents(drawn[1], F64)).map(
            lambda triple: Probe((case(*triple),))
        )
    )
    return Family(fixed=probes(*fixed), strategies=(strategy,), count=24, join=side_by_side)


def _dtypes() -> Family:
    """Scalars are the hard case: ``torch.tensor(0.1) * x`` of a 0-d bfloat16 x is float32."""
    return Family(
        fixed=probes(
            *(
                _differentiated(pattern(shape, dtype), default_dtype=default)
                for dtype, default in DTYPES_AND_DEFAULTS
                for shape in ((), (3,))
                if shape == () or dtype is torch.float16 or default is F64
            )
        )
    )


def _layouts() -> Family:
    """One to four dimensions: few draws have three, and a mistake may be in those only, such as ``x.sum(2)``."""
    shapes_of = {"transposed": (2, 3, 2), "channels last": (2, 3, 2, 2)}
    laid_out = [LAYOUTS["strided"](pattern((4,)))]  # one dimension has few other layouts
    laid_out += [layout(pattern(shapes_of.get(name, (3, 4)))) for name, layout in LAYOUTS.items()]
    *cases, last = map(_differentiated, laid_out)
    # Who forgets the gradient that comes in is right with ones; a drawn case would say so, after a second of shrinking.
    last = replace(last, cotangent=torch.full_like(laid_out[-1], -2.0))
    strategies = tuple(_laid_out(layout) for layout in LAYOUTS.values())
    return Family(fixed=probes(*cases, last), strategies=strategies, count=1)


def _laid_out(layout: Callable[[Tensor], Tensor]) -> SearchStrategy[Probe]:
    def build(drawn: tuple[SearchStrategy[float], tuple[int, int]]) -> SearchStrategy[Probe]:
        kind, shape = drawn
        return st.tuples(tensors(shape, kind), cotangents(shape, F64)).map(
            lambda pair: Probe((Case((layout(pair[0]),), wrt=(0,), cotangent=pair[1]),))
        )

    return st.tuples(numbers(20.0), st.tuples(st.integers(1, 4), st.integers(1, 4))).flatmap(build)


def _repeated() -> Family:
    """A, then another input of the same shape, then A again: shows caches, counters and inputs changed in place.

    All positive and all negative inputs too: a shortcut such as ``return x`` shows itself on one of them only. Three
    dtypes: after ``x.float()`` only float32 is the caller's own memory.
    """
    pairs = [
        (torch.tensor([1.0, 2.0, 3.0], dtype=F64), torch.tensor([-1.0, -0.5, -2.0], dtype=F64)),
        (pattern((2, 3), torch.float16), pattern((2, 3), torch.float16, start=-1.0)),
        (torch.tensor(1.5), torch.tensor(-0.5)),
    ]
    *with_gradients, last = (
        Probe((Case((first,), watch=True), Case((second,), watch=True), Case((first,), watch=True)))
        for first, second in pairs
    )
    return Family(fixed=(*with_gradients, without_gradients(last)))


def _graph() -> Family:
    x = pattern((3,), F32)
    return Family(
        fixed=(
            Probe((Case((x,)),), "without"),
            Probe((_differentiated(x),), "with"),
            Probe((Case((x,), wrt=(0,), grad_enabled=False),), "no_grad"),
        )
    )


def _elementwise() -> Family:
    def split(x: Tensor) -> Probe:
        return Probe((Case((x,)), *(Case((x[index : index + 1].clone(),)) for index in range(len(x)))), "split")

    small = pattern((4,), F32)
    # Twice, not once: a masked assignment of a single number takes another path in torch, with other operations.
    growth = Probe((_traced(small.repeat(2)), _traced(small.repeat(16))), "growth")
    fixed = (
        split(torch.tensor([0.0, 1.0], dtype=F64)),
        split(torch.tensor([-20.0, 20.0, 1.0], dtype=F64)),
        growth,
    )
    strategy = numbers(20.0).flatmap(lambda kind: tensors((2,), kind).map(split))
    return Family(fixed=fixed, strategies=(strategy,), count=1)


def _traced(x: Tensor) -> Case:
    return Case((x,), wrt=(0,), cotangent=torch.ones_like(x), trace=True)


def _laws() -> Family:
    def mirrored(x: Tensor) -> Probe:
        return Probe((Case((x,)), Case((-x,))))

    # Windows of a fine grid, not the grid: a counterexample of 160 numbers teaches nothing.
    windows = [mirrored(torch.arange(start, start + 40, 8, dtype=F64) / 8) for start in range(-160, 160, 32)]
    strategy = numbers(20.0).flatmap(
        lambda kind: st.lists(kind, min_size=2, max_size=6).map(
            lambda values: mirrored(torch.tensor(sorted(values), dtype=F64))
        )
    )
    fixed = tuple(mirrored(torch.tensor(pair, dtype=F64)) for pair in ([0.0, 1.0], [-1.0, 2.0], [-3.0, -2.0]))
    return Family(fixed=(*fixed, *windows), strategies=(strategy,), count=24, join=sorted_and_mirrored)


def _device() -> Family:
    inputs = [pattern((), F32), pattern((2, 3), F64)]
    fixed = [Probe((_differentiated(x, device=SIMULATED, trace=True),), "placed") for x in inputs]
    small = pattern((4,), F32)
    tiled = [_differentiated(x, device=SIMULATED, trace=True) for x in (small.repeat(2), small.repeat(8))]
    return Family(fixed=(*fixed, Probe(tuple(tiled), "growth")))


def _module() -> Family:
    first, second = pattern((3,), F32), pattern((3,), F32, start=-1.0)
    return Family(
        fixed=tuple(
            Probe(
                tuple(Case((x,), training=training) for x in (first, second, first)),
                "train" if training else "eval",
            )
            for training in (True, False)
        )
    )


def _extreme() -> Family:
    single = (
        _by_sign(_differentiated(torch.tensor([sign * size], dtype=dtype)))
        for dtype in DTYPES
        for size in _EXTREMES[dtype]
        for sign in (1, -1)
    )
    return Family(fixed=(*single, *tiny((torch.bfloat16, torch.float16))), join=side_by_side)


def _special(*values: float) -> Family:
    cases = (Case((torch.tensor([value], dtype=dtype),)) for dtype in DTYPES for value in values)
    return Family(fixed=probes(*cases), join=side_by_side if len(values) > 1 else None)


def _accuracy() -> Family:
    near_zero = [sign * 10.0**-power for power in range(7) for sign in (1, -1)]
    tail = [-0.3, -2.5, -6.0, -9.5, -13.0, -16.0]
    return Family(
        fixed=probes(
            *(Case((torch.tensor([value], dtype=dtype),)) for dtype in (F64, F32) for value in near_zero + tail)
        ),
        join=side_by_side,
    )
