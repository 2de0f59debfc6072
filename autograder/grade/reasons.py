"""Why a failure matters, where the property's own reason is about numbers that were never compared."""

from __future__ import annotations

from autograder.language import N_, _
from autograder.properties import Property
from autograder.result import Mismatch

_FIRST = {
    "exception": N_("Nothing can be compared before the call returns: the exception and its line say what to mend."),
    "type": N_("Nothing can be compared before the call returns a tensor."),
    "shape": N_("Numbers are compared one by one: before that, there must be as many, in the same shape."),
}
_OF_NUMBERS = frozenset(
    {"ordinary"}
)  # families whose cases are plain; elsewhere an exception is what the reason is about


def reason(item: Property, mismatch: Mismatch) -> str:
    """``A formula that is off by a little is off everywhere`` explains no NameError."""
    if item.reads in _OF_NUMBERS and mismatch.aspect in _FIRST:
        return _(_FIRST[mismatch.aspect])
    return _(item.why)
