"""The layered sandbox of Linux: a zygote forks a worker in milliseconds, and the worker shuts itself in.

The layers are put on in `autograder.worker.layers`; whether they hold is tried by `autograder.sandbox.canary`.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import sys
import threading
import weakref
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from autograder.errors import SandboxError
from autograder.language import _
from autograder.result import SandboxInfo, Verdict
from autograder.sandbox import STARTUP_SECONDS, Frame, WorkerLost, canary, pack_request
from autograder.sandbox.endings import sentence, verdict_of
from autograder.sandbox.line import Late, Line
from autograder.sandbox.zygote import REAPED_SECONDS, Limits, Zygote
from autograder.worker import wire

LAYERS = (
    "session",
    "oom_score",
    "rlimits",
    "uid",
    "prctl",
    "landlock",
    "seccomp",
)  # names of `worker.layers`, which is POSIX
_LIFE = 60  # messages' worth of processor time that a worker may use in all its life


def supported() -> bool:
    """Whether this system can run a zygote at all; how much its layers hold is another question."""
    return not lacking()


def lacking() -> str:
    """What a zygote needs and this system refuses; nothing where it can run one."""
    if not (sys.platform == "linux" and hasattr(os, "pidfd_open")):
        return f"platform={sys.platform}"
    for name, attempt in (("pidfd_open", _open_a_pidfd), ("SCM_RIGHTS", _send_a_descriptor)):
        try:
            attempt()
        except OSError as error:  # an older Linux, a container's filter, or something that only looks like Linux
            return f"{name}: {error}"
    return ""


def _open_a_pidfd() -> None:
    os.close(os.pidfd_open(os.getpid()))


def _send_a_descriptor() -> None:
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with ours, theirs:
        socket.send_fds(ours, [b" "], [theirs.fileno()])
        os.close(socket.recv_fds(theirs, 1, 1)[1][0])


def _without_signals() -> dict[str, str]:
    """An entry for the report where processes cannot be signalled by pidfd."""
    pidfd = os.pidfd_open(os.getpid())
    try:
        signal.pidfd_send_signal(pidfd, 0)
    except OSError as error:
        return {"pidfd": f"missing: pidfd_send_signal: {error}"}  # the zygote ends workers
    finally:
        os.close(pidfd)
    return {}


class LayeredWorker:
    """One forked process; see `autograder.sandbox.Worker` for the contract."""

    def __init__(self, zygote: Zygote, limits: Limits) -> None:
        self._limits = limits
        self._connection, theirs = socket.socketpair()
        self._lifeline, line = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._line = Line(self._connection)
        self._pidfd: int | None = None
        self._ended: dict[str, Any] | None = None
        self._ending = threading.Lock()  # who closes a sandbox may do so while another thread asks
        self._lost: WorkerLost | None = None
        self._asked = 0
        self.layers: dict[str, str] = {}
        with theirs, line:
            try:
                self._known = zygote.fork(limits, theirs, line)
            except BaseException:
                self._close_sockets()
                raise
        try:
            self._await_ready()
        except BaseException:
            self.close()
            raise

    def ask(self, header: Mapping[str, Any], raw: bytes, *, seconds: float, max_raw: int) -> Frame:
        """See `autograder.sandbox.Worker.ask`; ``seconds`` are of processor time, five times that of any."""
        if self._lost is not None:
            raise self._lost
        self._asked += 1
        number = self._known.get(raw)
        if number is not None:
            header, raw = {**header, "known": number}, b""
        answer, data = self._exchange(pack_request(self._asked, header, raw), seconds, max_raw)
        if answer.get("id") != self._asked:
            raise self._lose(Verdict.CRASH, _("the process answered a question that was not asked"))
        return answer, data

    def close(self) -> None:
        """See `autograder.sandbox.Worker.close`."""
        pidfd = self._pidfd
        if pidfd is not None:
            self._kill()
            self._pidfd = None
            os.close(pidfd)
        self._lost = self._lost or WorkerLost(Verdict.CRASH, _("the process was ended by the grader"))
        self._close_sockets()

    def _close_sockets(self) -> None:
        self._connection.close()
        self._lifeline.close()

    def _await_ready(self) -> None:
        self._lifeline.settimeout(STARTUP_SECONDS)
        try:
            message, descriptors, _, _ = socket.recv_fds(self._lifeline, 1 << 12, 1)
        except TimeoutError as error:
            raise SandboxError(
                f"no worker process within {STARTUP_SECONDS:g} s; try again on a less busy machine"
            ) from error
        born = json.loads(message or b"{}")
        if not descriptors:
            raise SandboxError(f"no worker process: {born.get('refused', 'the zygote has ended')}; `autograder doctor`")
        self._pidfd = descriptors[0]
        self._line.watch(born["pid"])
        try:
            greeting, _ = self._exchange(b"", STARTUP_SECONDS, 0)
        except WorkerLost as error:  # no learner's code has run yet
            raise SandboxError(f"the worker process did not start: {error.message}; see `autograder doctor`") from error
        self.layers = greeting["layers"]

    def _exchange(self, request: bytes, seconds: float, max_raw: int) -> Frame:
        self._line.begin(seconds)
        try:
            if request:
                wire.send(self._line, request)
            return wire.receive(self._line, max_raw)
        except Late as error:
            raise self._lose(Verdict.TIMEOUT, str(error)) from None
        except wire.ProtocolError as error:
            message = _("the process sent something that is no answer ({error})").format(error=error)
            raise self._lose(Verdict.CRASH, message) from error
        except wire.PeerGone as error:
            raise self._gone() from error

    def _gone(self) -> WorkerLost:
        ended = self._end_of_life(1.0)
        if ended is None:
            return self._lose(Verdict.CRASH, _("the process closed its connection and went on running"))
        if "code" not in ended:  # not the submission's doing, which could not reach it
            raise SandboxError("the zygote has ended, and its workers with it; grade again")
        return self._lose(verdict_of(ended["code"]), sentence(ended["code"]))

    def _lose(self, verdict: Verdict, message: str) -> WorkerLost:
        self._lost = WorkerLost(verdict, message)
        self.close()
        return self._lost

    def _kill(self) -> None:
        if self._ended is not None or self._pidfd is None:
            return
        try:
            signal.pidfd_send_signal(self._pidfd, signal.SIGKILL)
        except ProcessLookupError:  # it has ended by itself
            pass
        except (
            OSError
        ):  # the system refuses such signals: its mother kills it by its number, which is its own till then
            with contextlib.suppress(OSError):  # she has ended, and her workers with her
                self._lifeline.send(b"end")
        if self._end_of_life(REAPED_SECONDS) is None:  # pragma: no cover  # a process in uninterruptible sleep
            raise SandboxError("a worker process cannot be killed; end it by hand")

    def _end_of_life(self, seconds: float) -> dict[str, Any] | None:
        """What the zygote tells of the process's end; nothing if it has ended itself, None where the process runs."""
        with self._ending:
            if self._ended is None:
                try:
                    self._lifeline.settimeout(seconds)
                    message = self._lifeline.recv(1 << 12)
                except TimeoutError:
                    return None
                except OSError:  # closed by another thread
                    message = b""
                self._ended = json.loads(message or b"{}")
            return self._ended


class LayeredSandbox:
    """Makes layered workers; one zygote serves them all, and a new one where it has ended."""

    def __init__(self, memory_mb: int = 1024, *, seconds: float = 10.0, layers: Collection[str] = LAYERS) -> None:
        self._limits = Limits(memory_mb, max(1, round(_LIFE * seconds)), tuple(layers))
        self._zygote: Zygote | None = None
        self._workers: weakref.WeakSet[LayeredWorker] = weakref.WeakSet()
        self._info: SandboxInfo | None = None
        self._layers: dict[str, str] | None = None  # as the first worker found them
        self._blocks: tuple[bytes, ...] = ()
        self._lock = threading.Lock()

    def warm(self) -> None:
        """Start the zygote, which takes seconds the first time."""
        self._started_zygote()

    def remember(self, blocks: Sequence[bytes]) -> None:
        """Let the zygote read these once: to send and read them again takes a twentieth of a submission."""
        self._blocks = tuple(blocks)
        self._started_zygote().remember(self._blocks)

    def worker(self) -> LayeredWorker:
        """A worker that has run nothing yet."""
        worker = self._worker(self._limits)
        self._layers = self._layers or worker.layers
        if worker.layers != self._layers:  # what the report says of all must be true of each
            worker.close()
            raise SandboxError(f"a worker has other layers than the first: {worker.layers}, not {self._layers}")
        return worker

    def info(self) -> SandboxInfo:
        """The layers as a worker found them, and the level that a canary found them to hold."""
        with self._lock:
            known = self._info
        if known is None:
            known = self._tried()
            with self._lock:
                self._info = known
        return known

    def close(self) -> None:
        """End every worker that is left, and the zygote."""
        with self._lock:
            workers, zygote, self._zygote = list(self._workers), self._zygote, None
        for worker in workers:
            worker.close()
        if zygote is not None:
            zygote.close()

    def _tried(self) -> SandboxInfo:
        limits = self._limits
        canaries = Limits(limits.memory_mb, canary.CPU_SECONDS, limits.layers)
        bare = Limits(limits.memory_mb, canary.CPU_SECONDS, ())
        with contextlib.closing(self.worker()) as worker:
            layers = worker.layers
        outcome = canary.sing(lambda: self._worker(canaries), lambda: self._worker(bare), limits.memory_mb)
        return SandboxInfo(level=outcome.level, layers=layers | _without_signals() | {"canary": outcome.text()})

    def _worker(self, limits: Limits) -> LayeredWorker:
        worker = LayeredWorker(self._started_zygote(), limits)
        with self._lock:
            self._workers.add(worker)
        return worker

    def _started_zygote(self) -> Zygote:
        with self._lock:
            if self._zygote is not None and not self._zygote.alive():
                self._zygote.close()
                self._zygote = None
            if self._zygote is None:
                self._zygote = Zygote()
                if self._blocks:
                    self._zygote.remember(self._blocks)
            return self._zygote
