"""Properties of the output's form: dtype, shape, and any memory layout of the input."""

from __future__ import annotations

from collections.abc import Sequence

from autograder.language import _
from autograder.properties.agreement import Part
from autograder.properties.compare import first, output_of, pairs
from autograder.properties.registry import Check, Elsewhere, property_check
from autograder.properties.whole import dtype_name, numbers_of, of_dtype
from autograder.result import Mismatch
from autograder.strategies.probe import Probe
from autograder.worker.case import Observation


def _of_another_dtype(probe: Probe, seen: Sequence[Observation]) -> bool:
    told = zip(probe.cases, seen, strict=True)
    return any(item.raised is None and item.type == "Tensor" and item.dtype != dtype_name(case) for case, item in told)


def _dtypes(check: Check) -> Mismatch | None:
    return first(of_dtype(case, actual) for case, actual, _ in pairs(check) if actual.raised is None)


@property_check(
    "dtype",
    reads="dtypes",
    elsewhere=Elsewhere(_of_another_dtype, _dtypes),
    title="The output has the input's dtype, whatever torch's default is",
    why="A constant made with torch.tensor(0.1) turns a bfloat16 scalar into float32.",
)
def dtype(check: Check) -> Mismatch | None:
    for case, actual, expected in pairs(check):
        broken = output_of(actual, expected)
        if broken is not None:
            return broken
        broken = of_dtype(case, actual) or numbers_of(check, case, actual, expected)
        if broken is not None:
            return broken
    return None


@property_check(
    "shape",
    reads="shapes",
    compares=Part.OUTPUT | Part.GRADIENTS,
    title="Every shape works: scalars, empty tensors, one to six dimensions",
    why="A function that needs a batch dimension fails on the scalar a colleague passes.",
)
def shape(check: Check) -> Mismatch | None:
    for case, actual, expected in pairs(check):
        broken = output_of(actual, expected)
        if broken is not None:
            return broken
        for position, right in enumerate(expected.observation.gradients):
            mine = actual.gradients[position] if position < len(actual.gradients) else None
            if right is not None and (mine is None or mine.shape != right.shape):
                found = _("missing") if mine is None else _("of shape {shape}").format(shape=tuple(mine.shape))
                message = _("the gradient of argument {n} is {found}")
                return Mismatch(
                    aspect="shape",
                    message=message.format(n=case.wrt[position] + 1, found=found),
                    actual=found,
                    expected=_("shape {shape}").format(shape=tuple(right.shape)),
                    of_gradient=True,
                )
        broken = numbers_of(check, case, actual, expected)
        if broken is not None:
            return broken
    return None


@property_check(
    "layout",
    reads="layouts",
    compares=Part.OUTPUT | Part.GRADIENTS,
    title="Transposed, strided and expanded inputs give the same result",
    why="view(-1) fails on a transposed tensor, and data laid out otherwise is not other data.",
)
def layout(check: Check) -> Mismatch | None:
    return first(numbers_of(check, *observed) for observed in pairs(check))
