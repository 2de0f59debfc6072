"""Whether the layers hold: a worker that tries each forbidden thing, as a submission would.

Each probe is a submission that does one forbidden thing when it is loaded. It got out if the file could be loaded; it
was denied if that failed as a denial does. To tell a denial from a thing that would not work here anyhow, the same
file is loaded in a worker without layers: what fails there too decides nothing.
"""

from __future__ import annotations

import contextlib
import socket
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from autograder.result import Verdict
from autograder.sandbox import Worker, WorkerLost

CPU_SECONDS = 1  # what a canary may use; the least that the system can count
_LOAD_SECONDS = 20.0  # more than CPU_SECONDS, so that it is the system's limit that ends the endless probe
_TOO_MUCH_MB = 2048  # beyond the limit

# Denied by Landlock and rlimits (EACCES, EPERM, EAGAIN, EFBIG), by seccomp (EPERM), or where memory or threads run out.
_DENIALS = ("PermissionError", "BlockingIOError", "Cannot allocate memory", "can't start new thread", "File too large")

PROBES: Mapping[str, str] = {
    "read": "open({file!r}).read()",
    "stat": "os.stat({file!r})",
    "write": "open({file!r}, 'a').write('x')",
    "create": "open({folder!r} + '/new', 'w').close()",
    "tcp": "socket.create_connection(('127.0.0.1', {tcp}), 2)",
    "udp": "socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b'x', ('127.0.0.1', {udp}))",
    "unix": "socket.socket(socket.AF_UNIX).connect({unix!r})",
    "fork": "child = os.fork(); child or os._exit(0); os.waitpid(child, 0)",
    "thread": "threading.Thread(target=int).start()",
    "exec": "os.execv({python!r}, [{python!r}, '-c', ''])",
    "kill": "os.kill(os.getppid(), 0)",
    "memory": "mmap.mmap(-1, {memory})",
    "cpu": "while time.process_time() < 3: pass",
    "ptrace": "libc = ctypes.CDLL(None, use_errno=True)\n"  # PTRACE_SEIZE, which does not stop the other process
    "if libc.ptrace(*map(ctypes.c_long, (0x4206, os.getppid(), 0, 0))): raise OSError(ctypes.get_errno(), 'ptrace')",
}
# What can spoil another's result or tell a secret. The rest is what a submission may learn or waste.
_GRAVE = frozenset(PROBES) - {"stat", "udp", "unix", "thread"}

_SOURCE = """\
import ctypes, mmap, os, socket, threading, time
{attempt}
def f(x): return x
"""


@dataclass(frozen=True)
class Outcome:
    """What a canary could do: ``reached`` got out, ``undecided`` fails on this system with or without layers."""

    reached: tuple[str, ...]
    undecided: tuple[str, ...]

    @property
    def level(self) -> Literal["full", "partial", "none"]:
        """``full`` where nothing got out, ``none`` where something grave did."""
        if not self.reached:
            return "full"
        return "none" if _GRAVE.intersection(self.reached) else "partial"

    def text(self) -> str:
        """One line for a report."""
        told = f"got out: {', '.join(self.reached)}" if self.reached else f"tried {len(PROBES)} ways, none got out"
        return f"{told}; not decided here: {', '.join(self.undecided)}" if self.undecided else told


def sing(layered: Callable[[], Worker], bare: Callable[[], Worker], memory_mb: int) -> Outcome:
    """Try every probe in workers with and without layers; both have `CPU_SECONDS`."""
    with _targets() as targets:
        values = {**targets, "memory": (memory_mb + _TOO_MUCH_MB) << 20}
        sources = {name: _SOURCE.format(attempt=attempt.format(**values)) for name, attempt in PROBES.items()}
        inside = _attempts(layered, sources)
        # An endless loop runs anywhere: trying that without a limit would cost seconds and tell nothing.
        outside = _attempts(bare, {name: source for name, source in sources.items() if name != "cpu"}) | {"cpu": "out"}
    decided = {name for name, result in outside.items() if result == "out"}
    return Outcome(
        reached=tuple(name for name in sources if inside[name] == "out" or (inside[name] == "odd" and name in decided)),
        undecided=tuple(name for name in sources if inside[name] != "out" and name not in decided),
    )


@contextlib.contextmanager
def _targets() -> Iterator[dict[str, Any]]:
    """A file, a folder and three sockets that anybody may use, so that only the layers can stand in the way."""
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="autograder-")))
        folder.chmod(0o777)  # see above; it lives for milliseconds
        file = folder / "file"
        file.write_text("secret")
        file.chmod(0o666)
        tcp = stack.enter_context(socket.create_server(("127.0.0.1", 0)))
        udp = stack.enter_context(socket.socket(socket.AF_INET, socket.SOCK_DGRAM))
        udp.bind(("127.0.0.1", 0))
        unix = stack.enter_context(socket.socket(socket.AF_UNIX))
        unix.bind(str(folder / "socket"))
        (folder / "socket").chmod(0o777)
        unix.listen()
        yield {
            "file": str(file),
            "folder": str(folder),
            "unix": str(folder / "socket"),
            "tcp": tcp.getsockname()[1],
            "udp": udp.getsockname()[1],
            "python": sys.executable,
        }


def _attempts(make: Callable[[], Worker], sources: Mapping[str, str]) -> dict[str, str]:
    """How each probe ended: ``out``, ``denied``, or ``odd`` where it failed in a way that is no denial."""
    results = {}
    with contextlib.ExitStack() as stack:
        worker: Worker | None = None
        for name, source in sources.items():
            worker = worker or stack.enter_context(contextlib.closing(make()))
            try:
                results[name] = _attempt(worker, source)
            except WorkerLost as lost:
                worker = None
                stopped = "SIGSYS" in lost.message or lost.verdict is Verdict.TIMEOUT
                results[name] = "denied" if stopped else "out"
    return results


def _attempt(worker: Worker, source: str) -> str:
    header = {"op": "load", "file": "canary.py", "symbol": "f", "kind": "function"}
    answer, _ = worker.ask(header, source.encode(), seconds=_LOAD_SECONDS, max_raw=0)
    if answer["loaded"]:
        return "out"
    _stage, kind, _bases, message, _line = answer["outlines"][0]["raised"]
    return "denied" if kind in _DENIALS or any(words in message for words in _DENIALS) else "odd"
