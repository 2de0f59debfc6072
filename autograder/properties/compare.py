"""Compare both sides of a case and say what differs: shape, dtype, device, value or gradient at an index, nan, inf."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator

import torch
from torch import Tensor

from autograder.language import N_, _, retold
from autograder.oracle import EPSILON, PRECISE, Expected, dtype_of
from autograder.properties.registry import Check
from autograder.result import Mismatch
from autograder.worker.case import Case, Observation

Skip = Callable[[Tensor], Tensor]
"""The elements of an input whose gradients are not compared, as a mask."""
_SHOWN = 8  # tensors up to this many elements are shown whole
_STAGES = {"backward": N_("backward"), "second backward": N_("second backward")}
# As `worker.observe` describes what is no plain tensor.
_TYPES = (
    N_("a class Tensor of its own"),
    N_("a nested tensor"),
    N_("a tensor of layout {layout}"),
    N_("a tensor on device meta, which has no values"),
    N_("a tensor of {n} dimensions"),
)


def pairs(check: Check) -> Iterator[tuple[Case, Observation, Expected]]:
    """Each case of a probe with what was seen and what was expected."""
    yield from zip(check.probe.cases, check.actual, check.expected, strict=True)


def first(mismatches: Iterable[Mismatch | None]) -> Mismatch | None:
    """The first that is one; the rest is not looked at."""
    return next((mismatch for mismatch in mismatches if mismatch is not None), None)


# As `worker.replay`, `worker.record` and `grade.session` say them.
_OF_WORKERS = (
    N_("it uses a tensor that an earlier call has left, whose numbers are those of another input"),
    N_("a second backward pass through the same graph, with retain_graph=True, gives another gradient"),
    N_("more than {n} calls of torch: is there a loop over the elements?"),
    N_("it computes with numbers that Python has read out of tensors, one by one: use tensor operations"),
    N_("what it does depends on numbers that Python reads out of tensors, anew for nearly every input"),
)


def output_of(actual: Observation, expected: Expected) -> Mismatch | None:
    """Whether there is an output to compare: a tensor of the right shape, and no exception."""
    if actual.raised is not None:
        stage = _STAGES.get(actual.raised.stage)
        during = "" if stage is None else _(" during {stage}").format(stage=_(stage))
        return Mismatch(
            aspect="exception",
            message=_("it raises {error}{during}").format(error=actual.raised.type, during=during),
            actual=f"{actual.raised.type}: {retold(actual.raised.message, _OF_WORKERS)}",
            expected=_shown(expected.observation.output),
            error=f"{actual.raised.type}: {actual.raised.message}",
            line=actual.raised.line,
        )
    right = expected.observation
    if actual.type != "Tensor":
        found = retold(actual.type, _TYPES)
        nothing = actual.type == "NoneType"
        told = _("it returns None: is a `return` missing?") if nothing else _("it returns {type}, not a torch.Tensor")
        return Mismatch(
            aspect="type",
            message=told.format(type=found),
            actual="None" if nothing else found,
            expected="Tensor",
        )
    if actual.shape != right.shape:
        return Mismatch(
            aspect="shape",
            message=_("the output has shape {shape}, expected {target}").format(shape=actual.shape, target=right.shape),
            actual=_("shape {shape}").format(shape=actual.shape),
            expected=_("shape {shape}").format(shape=right.shape),
        )
    # The shape above is the worker's claim; what is compared is what came, so the two must agree.
    if actual.output is None or tuple(actual.output.shape) != actual.shape:
        return Mismatch(
            aspect="dtype",
            message=_("the output's dtype {dtype} holds no real numbers").format(dtype=actual.dtype),
            actual=f"dtype {actual.dtype}",
            expected=_("a floating-point dtype"),
        )
    return None


def value(actual: Observation, expected: Expected, tolerance: float | None = None) -> Mismatch | None:
    """The output's numbers, within ``tolerance`` (the dtype's own by default) times the scale."""
    broken = output_of(actual, expected)
    if broken is not None:
        return broken
    assert actual.output is not None  # noqa: S101  # output_of says so
    right = _reference_output(expected)
    allowed = (expected.tolerance if tolerance is None else tolerance) * expected.scale
    if agrees(actual.output, right, allowed):
        return None
    return numbers(_("output"), actual.output, right, allowed.expand(right.shape))


def gradient(
    case: Case, actual: Observation, expected: Expected, position: int, *, skip: Skip | None = None
) -> Mismatch | None:
    """The gradient by the argument at ``position`` in ``case.wrt``."""
    broken = output_of(actual, expected)
    if broken is not None:
        return broken
    right = expected.observation.gradients[position]
    if right is None:
        return None
    mine = actual.gradients[position] if position < len(actual.gradients) else None
    allowed = expected.tolerance * expected.gradient_scales[position]
    if mine is not None and agrees(mine, right, allowed):
        return None
    several = len(case.wrt) > 1
    name = _("gradient of argument {n}").format(n=case.wrt[position] + 1) if several else _("gradient")
    if mine is None:
        what = (
            _("no gradient reaches the input: the output is detached from the graph")
            if not actual.requires_grad
            else _("there is no {gradient}: the output does not depend on it").format(gradient=name)
        )
        return Mismatch(aspect="gradient", message=what, actual="None", expected=_shown(right), of_gradient=True)
    return _derivative(name, mine, right, allowed, _skipped(case, position, skip))


def gradients(case: Case, actual: Observation, expected: Expected, *, skip: Skip | None = None) -> Mismatch | None:
    """The gradients by every argument that the case differentiates by."""
    return first(
        gradient(case, actual, expected, position, skip=skip) for position in range(len(expected.observation.gradients))
    )


def second_gradients(
    case: Case, actual: Observation, expected: Expected, *, skip: Skip | None = None
) -> Mismatch | None:
    """The gradients of the gradients; None on either side stands for zero, which a constant gradient has."""
    broken = output_of(actual, expected)
    if broken is not None:
        return broken
    for position, index in enumerate(case.wrt):
        template = case.args[index]
        assert isinstance(template, Tensor)  # noqa: S101  # wrt names tensors
        zero = torch.zeros(template.shape, dtype=torch.float64)
        right = _item(expected.observation.second, position, zero)
        mine = _item(actual.second, position, zero)
        allowed = expected.tolerance * expected.second_scales[position]
        mask = _skipped(case, position, skip)
        mismatch = _derivative(_("second gradient"), mine, right, allowed, mask)
        if mismatch is not None:
            return mismatch
    return None


def _item(found: tuple[Tensor | None, ...], position: int, otherwise: Tensor) -> Tensor:
    item = found[position] if position < len(found) else None
    return otherwise if item is None else item


def _derivative(name: str, mine: Tensor, right: Tensor, allowed: Tensor, ignored: Tensor | None) -> Mismatch | None:
    if mine.shape != right.shape:
        return Mismatch(
            aspect="shape",
            message=_("the {gradient} has shape {shape}, expected {target}").format(
                gradient=name, shape=tuple(mine.shape), target=tuple(right.shape)
            ),
            actual=_("shape {shape}").format(shape=tuple(mine.shape)),
            expected=_("shape {shape}").format(shape=tuple(right.shape)),
            of_gradient=True,
        )
    return numbers(name, mine, right, allowed.expand(right.shape), ignored, of_gradient=True)


def _skipped(case: Case, position: int, skip: Skip | None) -> Tensor | None:
    argument = case.args[case.wrt[position]]
    assert isinstance(argument, Tensor)  # noqa: S101  # wrt names tensors
    return None if skip is None else skip(argument)


def agrees(mine: Tensor, right: Tensor, allowed: Tensor) -> bool:
    """Whether all numbers are finite and near: asked thousands of times a submission, `numbers` of what is left."""
    return mine.shape == right.shape and bool(((mine.double() - right).abs_() <= allowed).all())


def numbers(
    name: str,
    mine: Tensor,
    right: Tensor,
    allowed: Tensor,
    ignored: Tensor | None = None,
    *,
    of_gradient: bool = False,
) -> Mismatch | None:
    """Compare element by element; nan equals nan, and an infinity only itself."""
    precise = mine.double()
    near = (precise - right).abs_() <= allowed
    wrong = ~near & (precise != right) & ~(precise.isnan() & right.isnan())
    if ignored is not None:
        wrong = wrong & ~ignored
    if not wrong.any():
        return None
    index = tuple(wrong.nonzero()[0].tolist())
    got, wanted, room = float(precise[index]), float(right[index]), float(allowed[index])
    place = f"{name}{list(index)}" if index else name
    count = int(wrong.sum())
    more = _("; {n} more of {total} differ").format(n=count - 1, total=wrong.numel()) if count > 1 else ""
    kind = "gradient" if of_gradient else "value"
    aspect = "nan" if math.isnan(got) else "inf" if math.isinf(got) else kind
    shown, target = _apart(got, wanted)
    return Mismatch(
        aspect=aspect,
        message=_("{place} is {value}, expected {target}").format(place=place, value=shown, target=target) + more,
        actual=_shown(precise, shown),
        expected=_shown(right, target),
        difference=_difference(got, wanted, room),
        of_gradient=of_gradient,
        element=int(wrong.reshape(-1).nonzero()[0]),
    )


def in_single_precision(seen: Observation) -> bool:
    """Whether there are numbers, all of which float32 can hold: those of ordinary inputs come from float32 then."""
    output = seen.output
    return output is not None and torch.equal(output.float().double(), output.double())


def precise_tolerance() -> float:
    """What `precision` allows: a few rounding errors of float64."""
    return PRECISE * EPSILON[torch.float64]


def relative(actual: Observation, expected: Expected, case: Case) -> Mismatch | None:
    """The output's numbers, each within a few rounding errors of its own size."""
    broken = output_of(actual, expected)
    if broken is not None:
        return broken
    assert actual.output is not None  # noqa: S101  # output_of says so
    right = _reference_output(expected)
    allowed = PRECISE * EPSILON[dtype_of(case)] * torch.nan_to_num(right, posinf=0.0, neginf=0.0).abs()
    return numbers(_("output"), actual.output, right, allowed)


def same(first: Observation, second: Observation, allowed: Tensor, what: str) -> Mismatch | None:
    """Whether two outputs of the learner's own agree."""
    if first.output is None or second.output is None or first.output.shape != second.output.shape:
        return Mismatch(aspect="value", message=what, actual=_shown(second.output), expected=_shown(first.output))
    mismatch = numbers(_("output"), second.output, first.output.double(), allowed.expand(first.output.shape))
    if mismatch is None:
        return None
    message = _("{statement}: {fact}").format(statement=what, fact=mismatch.message)
    return mismatch.model_copy(update={"message": message})


def _reference_output(expected: Expected) -> Tensor:
    output = expected.observation.output
    if output is None:
        raise ValueError("the reference gives no output for this case; no property may compare with it")
    return output


def _difference(got: float, wanted: float, room: float) -> str | None:
    if not math.isfinite(got) or not math.isfinite(wanted):
        return None
    difference, allowed = f"{abs(got - wanted):.3g}", f"{room:.2g}"
    return _("{difference} (up to {allowed} allowed)").format(difference=difference, allowed=allowed)


def _apart(first: float, second: float) -> tuple[str, str]:
    """Both numbers with as many digits as it takes to tell them apart."""
    for digits in (6, 9, 17):
        texts = f"{first:.{digits}g}", f"{second:.{digits}g}"
        if texts[0] != texts[1]:
            return texts
    return texts


def _shown(tensor: Tensor | None, otherwise: str = "") -> str:
    if tensor is None:
        return otherwise or "None"
    if tensor.numel() == 1 and otherwise:
        return otherwise
    if tensor.numel() > _SHOWN:
        return otherwise or _("a tensor of shape {shape}").format(shape=tuple(tensor.shape))
    return _nested(tensor.double().tolist())


def _nested(values: float | list[float]) -> str:
    if isinstance(values, list):
        return f"[{', '.join(_nested(value) for value in values)}]"
    return f"{values:.6g}"
