"""Properties of what a call leaves behind: nothing but its result."""

from __future__ import annotations

from autograder.oracle import EPSILON, dtype_of
from autograder.properties.compare import first, output_of, pairs, same, value
from autograder.properties.registry import Check, property_check
from autograder.result import Mismatch

_ROUNDING = 4  # eps between two calls: a parallel sum may be added up in another order


@property_check(
    "purity",
    reads="repeated",
    title="The inputs stay unchanged, the output is new, and calls do not depend on each other",
    why="x.clamp_(0) destroys the caller's data; a cache returns yesterday's answer.",
)
def purity(check: Check) -> Mismatch | None:
    return first([*(_untouched(check)), _repeatable(check)])


def _untouched(check: Check) -> list[Mismatch | None]:
    found: list[Mismatch | None] = []
    for _, actual, expected in pairs(check):
        found.append(output_of(actual, expected))
        if actual.mutated:
            names = " and ".join(actual.mutated)
            found.append(_side_effect(f"the call changed {names}", names, "inputs as they were"))
        if actual.aliased:
            names = " and ".join(actual.aliased)
            found.append(
                _side_effect(f"the output shares memory with {names}", f"memory of {names}", "memory of its own")
            )
    return found


def _side_effect(message: str, actual: str, expected: str) -> Mismatch:
    return Mismatch(aspect="side effect", message=message, actual=actual, expected=expected)


def _repeatable(check: Check) -> Mismatch | None:
    """The last call is the first again; the one between must be right as well, or a cache would pass."""
    between = value(check.actual[1], check.expected[1])
    if between is not None:
        return between.model_copy(update={"message": f"after another call, {between.message}"})
    allowed = _ROUNDING * EPSILON[dtype_of(check.probe.cases[0])] * check.expected[0].scale
    return same(check.actual[0], check.actual[-1], allowed, "the same call twice gives two results")


@property_check(
    "global-state",
    reads="repeated",
    title="torch's global settings are left alone",
    why="torch.set_default_dtype or manual_seed in a function changes everybody else's results.",
)
def global_state(check: Check) -> Mismatch | None:
    for _, actual, expected in pairs(check):
        broken = output_of(actual, expected)
        if broken is not None:
            return broken
        if actual.globals_changed:
            names = " and ".join(actual.globals_changed)
            return _side_effect(f"the call changed torch's {names}", f"{names} changed", "nothing changed")
    return None


_EXPLAINED = {
    "without": "no input requires a gradient, yet the output does",
    "with": "an input requires a gradient, yet the output does not: it is detached from the graph",
    "no_grad": "called under torch.no_grad(), yet the output requires a gradient",
}


@property_check(
    "graph",
    reads="graph",
    title="The output is part of the autograd graph exactly when it should be",
    why="detach() or .data in between cuts the network off from training, without any error.",
)
def graph(check: Check) -> Mismatch | None:
    for _, actual, expected in pairs(check):
        broken = output_of(actual, expected)
        if broken is not None:
            return broken
        wanted = expected.observation.requires_grad
        if actual.requires_grad != wanted:
            return Mismatch(
                aspect="graph",
                message=_EXPLAINED[check.probe.label],
                actual=f"requires_grad={actual.requires_grad}",
                expected=f"requires_grad={wanted}",
            )
        wanted_gradients = len(expected.observation.gradients)
        if check.probe.label == "with" and (None in actual.gradients or len(actual.gradients) < wanted_gradients):
            return Mismatch(
                aspect="graph",
                message="an input requires a gradient, yet the graph does not lead back to it",
                actual="no gradient",
                expected="a gradient",
            )
    return None


_MODULE_COUNTS = ("parameters", "buffers", "tensors kept from a call", "changes of mode")


@property_check(
    "module",
    reads="module",
    title="It is an nn.Module without parameters or state, the same in train and eval mode",
    why="A buffer or a counter in a loss makes a saved model behave differently from the trained one.",
)
def module(check: Check) -> Mismatch | None:
    for _, actual, expected in pairs(check):
        broken = value(actual, expected)
        if broken is not None:
            mode = check.probe.label
            return broken.model_copy(update={"message": f"in {mode} mode, {broken.message}"})
        counts = actual.module or {}
        for kind in _MODULE_COUNTS:
            if counts.get(kind) != 0:
                found = f"{counts.get(kind, 'unknown')} {kind}"
                return Mismatch(
                    aspect="module",
                    message=f"it has {found}, expected none",
                    actual=found,
                    expected=f"0 {kind}",
                )
    return _repeatable(check)
