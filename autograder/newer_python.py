"""What newer versions of Python have gained: an answer that needs it was right on the learner's machine."""

from __future__ import annotations

import re
import sys
from functools import cache

from autograder.language import _

GRADING = sys.version_info[:2]
"""The Python that reads and runs answers, here and in their workers."""

# Of modules that such an answer may have a use for. tests/test_newer_python.py holds them against typeshed.
NAMES = {
    (3, 12): """
        collections.abc.Buffer itertools.batched math.sumprod random.binomialvariate types.get_original_bases
        typing.TypeAliasType typing.override
    """,
    (3, 13): """
        copy.replace enum.EnumDict math.fma statistics.kde statistics.kde_random types.CapsuleType typing.NoDefault
        typing.ReadOnly typing.TypeIs typing.get_protocol_members typing.is_protocol warnings.deprecated
    """,
    (3, 14): """
        functools.Placeholder operator.is_none operator.is_not_none typing.evaluate_forward_ref
    """,
    (3, 15): """
        math.fmax math.fmin math.isnormal math.issubnormal math.signbit types.FrameLocalsProxyType
        types.LazyImportType typing.NoExtraItems typing.TypeForm typing.disjoint_base
    """,
}
_MISSING = (
    re.compile(r"cannot import name '(?P<name>\w+)' from '(?P<module>[\w.]+)'"),
    re.compile(r"module '(?P<module>[\w.]+)' has no attribute '(?P<name>\w+)'"),
)


def newer_name_advice(message: str) -> str | None:
    """What to say where an exception's message is that a name is missing, and a newer Python has it; None elsewhere."""
    for pattern in _MISSING:
        if found := pattern.match(message):
            name = f"{found['module']}.{found['name']}"
            since = _since().get(name, (0, 0))
            return advice(name, since) if since > GRADING else None
    return None


def advice(what: str, since: tuple[int, int]) -> str:
    """What to do about something that came with a newer Python."""
    told = _(
        "{what} came with Python {newer}, and answers are graded with Python {grading}: write it for Python {grading}"
    )
    return told.format(what=what, newer=dotted(since), grading=dotted(GRADING))


def dotted(version: tuple[int, int]) -> str:
    """The version as people write it."""
    return "{}.{}".format(*version)


@cache
def _since() -> dict[str, tuple[int, int]]:
    return {name: version for version, names in NAMES.items() for name in names.split()}
