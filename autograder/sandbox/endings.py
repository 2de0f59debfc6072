"""How a process ended, in words that a learner understands."""

from __future__ import annotations

import signal

from autograder.result import Verdict
from autograder.worker import wire


def verdict_of(code: int) -> Verdict:
    """``timeout`` for a process that used up its processor time, else ``crash``; a signal is a negative code."""
    return Verdict.TIMEOUT if _signal(code) == "SIGXCPU" else Verdict.CRASH


def sentence(code: int) -> str:
    """What happened; a signal is a negative code."""
    name = _signal(code)
    if not name:
        return _STATUSES.get(code, f"the code ended the process with status {code} instead of returning")
    return f"the process was ended by {name}{_SIGNALS.get(name, '')}"


def _signal(code: int) -> str:
    return signal.Signals(-code).name if code < 0 else ""


_STATUSES = {
    wire.ENDED_BY_EXCEPTION: "the code raised an exception that ends a process, such as KeyboardInterrupt",
    wire.ENDED_BY_DAMAGE: "the code changed something of Python or torch that its process needs",
    wire.ENDED_BY_SILENCE: "the code closed the connection on which its process answers",
}
_SIGNALS = {
    "SIGSYS": ": it asked the system for something that no exercise needs, such as tracing another process",
    "SIGKILL": ": the system does that where memory runs out",
    "SIGXCPU": ": it used up its processor time",
    "SIGSEGV": ": it touched memory that is not its own, or recursed too deeply",
    "SIGABRT": ": the code, or a library that it called, gave up",
}
