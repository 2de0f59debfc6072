"""Device placement, on an accelerator that is simulated where there is none."""

from __future__ import annotations

from autograder.language import _
from autograder.properties.compare import output_of, pairs
from autograder.properties.registry import Check, property_check
from autograder.properties.whole import numbers_of
from autograder.result import Mismatch
from autograder.worker.case import Observation


@property_check(
    "device",
    reads="device",
    title="Everything stays on the input's device",
    why="A tensor made without device=x.device lives on the CPU: the code works here and fails on a GPU.",
)
def device(check: Check) -> Mismatch | None:
    for case, actual, expected in pairs(check):
        broken = output_of(actual, expected)
        if broken is not None:
            return broken
        if actual.device != case.device:
            message = _("the output is on {device}, the input on {target}")
            return _placement(message.format(device=actual.device, target=case.device), actual.device, case.device)
        for name in actual.gradient_devices:
            if name not in ("", case.device):
                message = _("the gradient is on {device}, the input on {target}")
                message = message.format(device=name, target=case.device)
                return _placement(message, name, case.device, of_gradient=True)
        copies = _events(actual, "d2h")
        if copies:
            message = _("data is copied from the device to the CPU on the way")
            return _placement(message, _("{n} copies").format(n=copies), _("{n} copies").format(n=0))
        mismatch = numbers_of(check, case, actual, expected)
        if mismatch is not None:
            return mismatch
    return _syncs(check) if check.probe.label == "growth" else None


def _syncs(check: Check) -> Mismatch | None:
    """A wait for the device that a check costs once is fine; one for each row is a loop over the batch."""
    few, many = (_events(seen, "sync") for seen in check.actual)
    if many <= few:
        return None
    message = _("four times the rows wait {many} times for the device instead of {few}: is there an item() in a loop?")
    return _placement(message.format(many=many, few=few), _("{n} waits").format(n=many), _("{n} waits").format(n=few))


def _events(actual: Observation, kind: str) -> int:
    if actual.trace is None:
        return 0
    return sum(count for name, count in actual.trace.events.items() if name.startswith(kind))


def _placement(message: str, actual: str, expected: str, *, of_gradient: bool = False) -> Mismatch:
    return Mismatch(aspect="device", message=message, actual=actual, expected=expected, of_gradient=of_gradient)
