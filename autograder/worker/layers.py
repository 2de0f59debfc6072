"""The layers between a worker and the machine, put on by the worker itself before it reads any learner's code.

Every layer is tried and its outcome told; none is taken for granted. Their order matters: the oom score needs the
process dumpable, a change of uid clears the death signal, Landlock and seccomp need no-new-privs, and after seccomp
nothing of this can be called any more.
"""

from __future__ import annotations

import contextlib
import ctypes
import functools
import os
import pwd
import resource
import signal
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

from autograder.worker import landlock, seccomp

_PR_SET_PDEATHSIG, _PR_SET_DUMPABLE, _PR_SET_NO_NEW_PRIVS = 1, 4, 38
_FIRST_UID = 60123  # above what systems give to people and services, below nobody's 65534

_libc = ctypes.CDLL(None, use_errno=True)


@dataclass(frozen=True)
class Limits:
    """What a worker may use, and whom it belongs to.

    Args:
        memory_mb: address space beyond what is mapped already.
        cpu_seconds: processor time in all its life, at least 1.
        zygote: the process whose end is also its own.

    """

    memory_mb: int
    cpu_seconds: int
    zygote: int


def prctl(option: int, value: int) -> None:
    """The system call; OSError where it is refused."""
    if _libc.prctl(option, ctypes.c_ulong(value), ctypes.c_ulong(0), ctypes.c_ulong(0), ctypes.c_ulong(0)) != 0:
        code = ctypes.get_errno()
        raise OSError(code, os.strerror(code))


def _hide_from_debuggers() -> None:
    """Close ``/proc/PID/mem`` and ptrace to processes of the same user."""
    prctl(_PR_SET_DUMPABLE, 0)


def _session(_limits: Limits) -> str:
    os.setsid()
    return "of its own, without a terminal"


def _oom_score(_limits: Limits) -> str:
    prctl(_PR_SET_DUMPABLE, 1)  # else /proc/self belongs to root; `_prctl` switches it off again
    score = os.open("/proc/self/oom_score_adj", os.O_WRONLY)  # a file object costs a worker 200 pages of Python's
    try:
        os.write(score, b"1000")
    finally:
        os.close(score)
    return "first to go"


def _rlimits(limits: Limits) -> str:
    status = os.open("/proc/self/statm", os.O_RDONLY)
    try:
        mapped = int(os.read(status, 100).split()[0]) * resource.getpagesize()
    finally:
        os.close(status)
    memory = mapped + (limits.memory_mb << 20)
    ceilings = {
        resource.RLIMIT_AS: (memory, memory),
        resource.RLIMIT_CPU: (limits.cpu_seconds, limits.cpu_seconds + 1),  # SIGXCPU, a second later SIGKILL
        resource.RLIMIT_FSIZE: (0, 0),
        resource.RLIMIT_CORE: (0, 0),
        resource.RLIMIT_NPROC: (0, 0),
        resource.RLIMIT_MEMLOCK: (0, 0),
        resource.RLIMIT_MSGQUEUE: (0, 0),
        resource.RLIMIT_NOFILE: (16, 16),
    }
    for what, ceiling in ceilings.items():
        resource.setrlimit(what, ceiling)
    return f"{limits.memory_mb} MB, no files, no processes"


def _uid(_limits: Limits) -> str:
    if os.geteuid() != 0:
        return "not root"
    uid = _unused_uid()
    os.setgroups([])
    os.setresgid(uid, uid, uid)
    os.setresuid(uid, uid, uid)
    return str(uid)


def prepare() -> None:
    """Find out in the zygote, once, what every worker would else read and build again, and hide it as they hide."""
    seccomp.prepare()
    _unused_uid()
    with contextlib.suppress(OSError):  # where it is refused, each worker says so of itself
        _hide_from_debuggers()


@functools.cache
def _unused_uid() -> int:
    taken = {entry.pw_uid for entry in pwd.getpwall()}
    return next(uid for uid in range(_FIRST_UID, 1 << 16) if uid not in taken)


def _prctl(limits: Limits) -> str:
    prctl(_PR_SET_NO_NEW_PRIVS, 1)
    _hide_from_debuggers()
    prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != limits.zygote:  # it ended before the line above: no signal will come any more
        os._exit(1)
    return "no new privileges, not dumpable, ends with the grader"


def _landlock(_limits: Limits) -> str:
    return landlock.restrict_self()


def _seccomp(_limits: Limits) -> str:
    return seccomp.load()


LAYERS: Mapping[str, Callable[[Limits], str]] = {
    "session": _session,
    "oom_score": _oom_score,
    "rlimits": _rlimits,
    "uid": _uid,
    "prctl": _prctl,
    "landlock": _landlock,
    "seccomp": _seccomp,
}


def apply(limits: Limits, wanted: Collection[str]) -> dict[str, str]:
    """Put the wanted layers on this process, for ever; what each came to."""
    return {name: _outcome(layer, limits) if name in wanted else "off" for name, layer in LAYERS.items()}


def _outcome(layer: Callable[[Limits], str], limits: Limits) -> str:
    try:
        return layer(limits)
    except (OSError, ValueError) as error:  # ValueError: setrlimit above a hard limit that somebody set before
        return f"missing: {error}"
