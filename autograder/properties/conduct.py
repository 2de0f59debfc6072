"""Properties of what a call leaves behind: nothing but its result."""

from __future__ import annotations

from collections.abc import Sequence

from autograder.language import N_, _, retold
from autograder.oracle import EPSILON, dtype_of
from autograder.properties.compare import first, output_of, pairs, same, value
from autograder.properties.registry import Check, Elsewhere, property_check
from autograder.properties.whole import DETACHED, in_graph, numbers_of
from autograder.result import Mismatch
from autograder.strategies.probe import Probe
from autograder.worker.case import Observation
from autograder.worker.keeping import CHANGES

_ROUNDING = 4  # eps between two calls: a parallel sum may be added up in another order


def untouched(check: Check) -> Mismatch | None:
    """Whether the inputs are as they were, and the output has memory of its own."""
    for actual in check.actual:
        if actual.mutated:
            names = _arguments(actual.mutated)
            return _side_effect(_("the call changed {names}").format(names=names), names, _("inputs as they were"))
        if actual.aliased:
            names = _arguments(actual.aliased)
            message = _("the output shares memory with {names}").format(names=names)
            return _side_effect(message, _("memory of {names}").format(names=names), _("memory of its own"))
    return None


def settings_kept(check: Check) -> Mismatch | None:
    """Whether torch is set as it was."""
    for actual in check.actual:
        if actual.globals_changed:
            names = _(" and ").join(retold(name, _SETTINGS) for name in actual.globals_changed)
            message = _("the call changed torch's {names}").format(names=names)
            return _side_effect(message, names, _("nothing changed"))
    return None


@property_check(
    "purity",
    reads="repeated",
    elsewhere=Elsewhere(lambda _probe, seen: any(item.mutated or item.aliased for item in seen), untouched),
    title="The inputs stay unchanged, the output is new, and calls do not depend on each other",
    why="x.clamp_(0) destroys the caller's data; a cache returns yesterday's answer.",
)
def purity(check: Check) -> Mismatch | None:
    broken = first(output_of(actual, expected) for _, actual, expected in pairs(check)) or untouched(check)
    return broken or (None if len(check.actual) == 1 else _repeatable(check) or _growing(check))


def _arguments(names: tuple[str, ...]) -> str:
    return _(" and ").join(retold(name, [N_("argument {n}"), N_("the incoming gradient")]) for name in names)


def _side_effect(message: str, actual: str, expected: str) -> Mismatch:
    return Mismatch(aspect="side effect", message=message, actual=actual, expected=expected)


def _repeatable(check: Check) -> Mismatch | None:
    """The last call is the first again; the one between must be right as well, or a cache would pass."""
    between = value(check.actual[1], check.expected[1])
    if between is not None:
        message = _("after another call, {fact}").format(fact=between.message)
        return between.model_copy(update={"message": message})
    allowed = _ROUNDING * EPSILON[dtype_of(check.probe.cases[0])] * check.expected[0].scale
    return same(check.actual[0], check.actual[-1], allowed, _("the same call twice gives two results"))


def _growing(check: Check) -> Mismatch | None:
    """The last call is the first again: what it changes in lists, counters and the like, every call changes."""
    count = (check.actual[-1].module or {}).get(CHANGES, 0)
    if not count:
        return None
    message = _("called again with the same numbers, it changes a list, a dict, a counter or the like that it keeps")
    return _side_effect(message, _("{n} changes").format(n=count), _("nothing kept"))


@property_check(
    "global-state",
    reads="repeated",
    elsewhere=Elsewhere(lambda _probe, seen: any(item.globals_changed for item in seen), settings_kept),
    title="torch's global settings are left alone",
    why="torch.set_default_dtype or manual_seed in a function changes everybody else's results.",
)
def global_state(check: Check) -> Mismatch | None:
    return first(output_of(actual, expected) for _, actual, expected in pairs(check)) or settings_kept(check)


# As `worker.settings` tells them.
_SETTINGS = (
    N_("default dtype: {value} instead of {before}"),
    N_("default device: {value} instead of {before}"),
    N_("grad mode: {value} instead of {before}"),
    N_("anomaly detection: {value} instead of {before}"),
    N_("number of threads: {value} instead of {before}"),
    N_("deterministic algorithms: {value} instead of {before}"),
    N_("matmul precision: {value} instead of {before}"),
    N_("number of threads between operations: {value} instead of {before}"),
    N_("flushing of denormal numbers: {value} instead of {before}"),
    N_("repeated warnings: {value} instead of {before}"),
    N_("autocast: {value} instead of {before}"),
    N_("print option {name}: {value} instead of {before}"),
    N_("the random number generator"),
)
_EXPLAINED = {
    "without": N_("no input requires a gradient, yet the output does"),
    "with": DETACHED,
    "after a layer": DETACHED,
    "no_grad": N_("called under torch.no_grad(), yet the output requires a gradient"),
    "inference": N_("called under torch.inference_mode(), yet the output requires a gradient"),
}
_MODES = {
    "without": N_("where no input requires a gradient"),
    "with": N_("where an input requires a gradient"),
    "after a layer": N_("where the input comes from another layer"),
    "no_grad": N_("under torch.no_grad()"),
    "inference": N_("under torch.inference_mode()"),
}


@property_check(
    "graph",
    reads="graph",
    title="The output is part of the autograd graph exactly when it should be",
    why="detach() or .data in between cuts the network off from training, without any error.",
)
def graph(check: Check) -> Mismatch | None:
    for case, actual, expected in pairs(check):
        broken = output_of(actual, expected)
        if broken is not None:
            return broken
        broken = in_graph(actual, expected, _(_EXPLAINED[check.probe.label]))
        if broken is not None:
            return broken
        broken = numbers_of(check, case, actual, expected)
        if broken is not None:
            message = _("{mode}: {fact}").format(mode=_(_MODES[check.probe.label]), fact=broken.message)
            return broken.model_copy(update={"message": message})
    return None


_MODULE_COUNTS = (N_("parameters"), N_("buffers"), N_("tensors kept from a call"), N_("changes of mode"))


def _holds_something(_probe: Probe, seen: Sequence[Observation]) -> bool:
    return any(item.module is not None and any(item.module.get(kind) != 0 for kind in _MODULE_COUNTS) for item in seen)


def held(check: Check) -> Mismatch | None:
    """Whether a module has nothing that outlives a call."""
    for actual in check.actual:
        counts = actual.module or {}
        for kind in _MODULE_COUNTS:
            if actual.raised is None and counts.get(kind) != 0:
                found = f"{counts.get(kind, _('unknown'))} {_(kind)}"
                return Mismatch(
                    aspect="module",
                    message=_("it has {found}, expected none").format(found=found),
                    actual=found,
                    expected=f"0 {_(kind)}",
                )
    return None


@property_check(
    "module",
    reads="module",
    elsewhere=Elsewhere(_holds_something, held),
    title="It is an nn.Module without parameters or state, the same in train and eval mode",
    why="A buffer or a counter in a loss makes a saved model behave differently from the trained one.",
)
def module(check: Check) -> Mismatch | None:
    for case, actual, expected in pairs(check):
        broken = numbers_of(check, case, actual, expected)
        if broken is not None:
            message = _("in {mode} mode, {fact}").format(mode=check.probe.label, fact=broken.message)
            return broken.model_copy(update={"message": message})
    return held(check) or _repeatable(check) or _growing(check)
