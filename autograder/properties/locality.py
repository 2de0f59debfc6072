"""Properties of work done element by element: each on its own, and all at once."""

from __future__ import annotations

from autograder.language import _
from autograder.properties.compare import first, output_of, pairs, same
from autograder.properties.registry import Check, property_check
from autograder.result import Mismatch
from autograder.worker.case import Observation

_RESULTS = 2  # each may be off by what `values` allows: vectorised and scalar kernels of exp may round differently


@property_check(
    "elementwise",
    reads="elementwise",
    title="Each element is computed on its own, and all of them in one go",
    why="A global maximum or mean makes one example's result depend on its neighbours; a loop is slow.",
)
def elementwise(check: Check) -> Mismatch | None:
    broken = first(output_of(actual, expected) for _, actual, expected in pairs(check))
    if broken is not None:
        return broken
    return _growth(check) if check.probe.label == "growth" else _alone(check)


def _alone(check: Check) -> Mismatch | None:
    together, expected = check.actual[0], check.expected[0]
    assert together.output is not None  # noqa: S101  # output_of was asked
    for index, alone in enumerate(check.actual[1:]):
        part = Observation(output=together.output[index : index + 1])
        statement = _("element {index} depends on its neighbours").format(index=index)
        mismatch = same(alone, part, _RESULTS * expected.tolerance * expected.scale[index], statement)
        if mismatch is not None:
            return mismatch
    return None


@property_check(
    "vectorised",
    reads="growth",
    title="A larger batch takes larger operations, not more of them",
    why="A Python loop over the rows is hundreds of times slower on a real batch.",
)
def vectorised(check: Check) -> Mismatch | None:
    broken = first(output_of(actual, expected) for _, actual, expected in pairs(check))
    return broken or _growth(check)


def _growth(check: Check) -> Mismatch | None:
    few, many = (0 if seen.trace is None else seen.trace.calls for seen in check.actual)
    if not few or not many:
        return Mismatch(
            aspect="operations",
            message=_("no tensor operation was seen: is the result computed outside torch?"),
            actual=_("{n} operations").format(n=0),
            expected=_("tensor operations"),
        )
    if many <= few:
        return None
    message = _("a larger batch of the same rows takes {many} tensor operations instead of {few}: is there a loop?")
    return Mismatch(
        aspect="operations",
        message=message.format(many=many, few=few),
        actual=_("{n} operations").format(n=many),
        expected=_("{n} operations").format(n=few),
    )
