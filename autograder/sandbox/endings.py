"""How a process ended, in words that a learner understands."""

from __future__ import annotations

import signal

from autograder.language import N_, _
from autograder.result import Verdict
from autograder.worker import wire


def verdict_of(code: int) -> Verdict:
    """``timeout`` for a process that used up its processor time, else ``crash``; a signal is a negative code."""
    return Verdict.TIMEOUT if _signal(code) == "SIGXCPU" else Verdict.CRASH


def sentence(code: int) -> str:
    """What happened; a signal is a negative code."""
    name = _signal(code)
    if not name:
        if code in _STATUSES:
            return _(_STATUSES[code])
        return _("the code ended the process with status {code} instead of returning").format(code=code)
    return _("the process was ended by {signal}").format(signal=name) + _(_SIGNALS.get(name, ""))


def _signal(code: int) -> str:
    return signal.Signals(-code).name if code < 0 else ""


_STATUSES = {
    wire.ENDED_BY_EXCEPTION: N_("the code raised an exception that ends a process, such as KeyboardInterrupt"),
    wire.ENDED_BY_DAMAGE: N_("the code changed something of Python or torch that its process needs"),
    wire.ENDED_BY_SILENCE: N_("the code closed the connection on which its process answers"),
}
_SIGNALS = {
    "SIGSYS": N_(": it asked the system for something that no exercise needs, such as tracing another process"),
    "SIGKILL": N_(": the system does that where memory runs out"),
    "SIGXCPU": N_(": it used up its processor time"),
    "SIGSEGV": N_(": it touched memory that is not its own, or recursed too deeply"),
    "SIGABRT": N_(": the code, or a library that it called, gave up"),
}
