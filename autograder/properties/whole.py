"""What every observation is compared by, whatever the property is about: numbers, dtype, and the graph."""

from __future__ import annotations

from torch import Tensor

from autograder.language import N_, _
from autograder.oracle import Expected, dtype_of
from autograder.properties.compare import Skip, gradients, output_of, value
from autograder.properties.registry import Check
from autograder.result import Mismatch
from autograder.worker.case import Case, Observation
from autograder.worker.codec import name_of

DETACHED = N_("an input requires a gradient, yet the output does not: it is detached from the graph")


def at_zero(x: Tensor) -> Tensor:
    """Where an input is exactly 0."""
    return x == 0


def not_finite(x: Tensor) -> Tensor:
    """Where an input is nan or infinite."""
    return ~x.isfinite()


def kinks(check: Check) -> Skip | None:
    """Where the gradients are a property of their own: at exactly 0 right forms of an activation differ."""
    return at_zero if check.exercise.family == "activation" else None


def numbers_of(check: Check, case: Case, actual: Observation, expected: Expected) -> Mismatch | None:
    """The output's numbers and those of the gradients: what every observation is compared by, whatever it is about.

    Where plain values or gradients are wrong, that is told already: an output of the right shape is enough then.
    """
    if check.agreed:
        return None
    if check.told:
        return output_of(actual, expected)
    return value(actual, expected) or gradients(case, actual, expected, skip=kinks(check))


def dtype_name(case: Case) -> str:
    """The name of the dtype that the output of a case must have."""
    return name_of(dtype_of(case))


def of_dtype(case: Case, actual: Observation) -> Mismatch | None:
    """Whether the output has the dtype that the case is about; of an output that is one."""
    wanted = dtype_name(case)
    if actual.dtype == wanted:
        return None
    message = _("the output is {dtype}, expected {target} (torch's default dtype is {default} here)")
    return Mismatch(
        aspect="dtype",
        message=message.format(dtype=actual.dtype, target=wanted, default=name_of(case.default_dtype)),
        actual=f"dtype {actual.dtype}",
        expected=f"dtype {wanted}",
    )


def in_graph(actual: Observation, expected: Expected, explained: str | None = None) -> Mismatch | None:
    """Whether the output requires a gradient exactly where the right one does, and the graph leads back to the inputs.

    Args:
        actual: an observation that has an output.
        expected: what the reference does.
        explained: what to say where one requires a gradient and the other does not.

    """
    wanted = expected.observation.requires_grad
    if actual.requires_grad != wanted:
        return Mismatch(
            aspect="graph",
            message=explained or _(DETACHED),
            actual=f"requires_grad={actual.requires_grad}",
            expected=f"requires_grad={wanted}",
            of_gradient=True,
        )
    gradients_wanted = len(expected.observation.gradients)
    if gradients_wanted and (None in actual.gradients or len(actual.gradients) < gradients_wanted):
        return Mismatch(
            aspect="graph",
            message=_("an input requires a gradient, yet the graph does not lead back to it"),
            actual=_("no gradient"),
            expected=_("a gradient"),
            of_gradient=True,
        )
    return None
