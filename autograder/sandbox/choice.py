"""Which sandbox a run gets, and whether it is enough for code of strangers."""

from __future__ import annotations

from autograder.errors import UsageError
from autograder.language import _
from autograder.result import SandboxInfo
from autograder.sandbox import Sandbox, layered
from autograder.sandbox.portable import PortableSandbox


def best_sandbox(*, memory_mb: int, seconds: float) -> Sandbox:
    """The strongest and fastest that this system can run: layered on Linux, else portable.

    Args:
        memory_mb: what a worker may take beyond what torch takes.
        seconds: what one message to a worker may cost, by which its whole life is bounded too.

    """
    lacking = layered.lacking()
    if lacking:
        return PortableSandbox(memory_mb, lacking=lacking)
    return layered.LayeredSandbox(memory_mb, seconds=seconds)


def require_full(info: SandboxInfo) -> None:
    """UsageError where the sandbox would let a stranger's code do more than answer."""
    if info.level != "full":
        fact = _(
            "sandbox level={level}: {canary}, so a submission could spoil this machine or other results; "
            "`autograder doctor` says what is missing, --allow-weak-sandbox grades all the same"
        )
        raise UsageError(fact.format(level=info.level, canary=info.layers["canary"]))
