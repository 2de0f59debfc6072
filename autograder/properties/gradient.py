"""Properties of the gradients."""

from __future__ import annotations

import math

from autograder.language import _
from autograder.properties.agreement import Part
from autograder.properties.compare import first, gradients, output_of, pairs, second_gradients
from autograder.properties.registry import Check, Elsewhere, property_check
from autograder.properties.whole import kinks
from autograder.result import Mismatch, Tier
from autograder.strategies.sweeps import in_core_domain


def _gradients(check: Check) -> Mismatch | None:
    """At exactly 0 an activation's gradient is a property of its own: right forms differ there."""
    skip = kinks(check)
    return first(gradients(case, actual, expected, skip=skip) for case, actual, expected in pairs(check))


@property_check(
    "gradients",
    reads="ordinary",
    selects=in_core_domain,
    compares=Part.GRADIENTS,
    title="The gradients are right on ordinary inputs",
    why="Training follows the gradient, not the value.",
)
def ordinary(check: Check) -> Mismatch | None:
    return _gradients(check)


def twice(check: Check) -> Mismatch | None:
    """The gradients of the gradients, but for an activation's at exactly 0."""
    skip = kinks(check)
    return first(second_gradients(case, actual, expected, skip=skip) for case, actual, expected in pairs(check))


@property_check(
    "second-gradients",
    reads="second",
    compares=Part.SECOND,
    elsewhere=Elsewhere(lambda probe, _seen: any(case.second for case in probe.cases), twice),
    title="The gradients of the gradients are right",
    why="Gradient penalties and meta-learning differentiate twice.",
)
def second(check: Check) -> Mismatch | None:
    return twice(check)


@property_check(
    "stable-gradients",
    reads="extreme",
    compares=Part.GRADIENTS,
    tier=Tier.STRETCH,
    needs=("gradients",),
    title="The gradients stay finite and right for very large inputs",
    why="One nan in a gradient turns every weight of the network into nan.",
)
def stable(check: Check) -> Mismatch | None:
    return _gradients(check)


@property_check(
    "gradient-at-zero",
    reads="zero",
    compares=Part.GRADIENTS,
    tier=Tier.STRETCH,
    needs=("gradients",),
    title="The gradient is right at exactly 0",
    why="abs has the gradient 0 at 0, so exp(-abs(x)) loses it there; weights often start at 0.",
)
def at_zero(check: Check) -> Mismatch | None:
    return first(gradients(*pair) for pair in pairs(check))


@property_check(
    "kink",
    reads="zero",
    title="The gradient at the kink lies between 0 and 1",
    why="Any slope between the two sides is a subgradient; nan or 2 is none.",
)
def kink(check: Check) -> Mismatch | None:
    for _case, actual, expected in pairs(check):
        broken = output_of(actual, expected)
        if broken is not None:
            return broken
        found = actual.gradients[0] if actual.gradients else None
        slope = math.nan if found is None or found.numel() != 1 else float(found)
        room = expected.tolerance * float(expected.gradient_scales[0].max())
        if not -room <= slope <= 1 + room:
            return Mismatch(
                aspect="gradient",
                message=_("the gradient at 0 is {slope}, expected a number from 0 to 1").format(slope=f"{slope:g}"),
                actual=f"{slope:g}",
                expected=_("a number from 0 to 1"),
                of_gradient=True,
            )
    return None


@property_check(
    "kink-as-torch",
    reads="zero",
    compares=Part.GRADIENTS,
    tier=Tier.STRETCH,
    needs=("kink",),
    title="The gradient at the kink is torch's choice, 0",
    why="Two implementations that choose differently train differently from zero-initialised inputs.",
)
def kink_as_torch(check: Check) -> Mismatch | None:
    return first(gradients(*pair) for pair in pairs(check))


@property_check(
    "zero-residual",
    reads="zero residual",
    compares=Part.GRADIENTS,
    title="The gradient is finite and right where the prediction is exact",
    why="sqrt has an infinite slope at 0: a detour over it gives nan exactly when the model is right.",
)
def zero_residual(check: Check) -> Mismatch | None:
    return _gradients(check)
