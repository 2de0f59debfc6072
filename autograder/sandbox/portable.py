"""The portable worker: one plain Python process a file, spoken to over pipes, killed on a deadline.

It protects the verdict and the grader's process on every system; it does not keep a submission from reading files or
opening connections. That is the layered sandbox's work.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import weakref
from collections.abc import Mapping, Sequence
from concurrent.futures import Future
from typing import IO, Any

from autograder.errors import SandboxError
from autograder.language import _
from autograder.result import SandboxInfo, Verdict
from autograder.sandbox import STARTUP_SECONDS, Frame, WorkerLost, clean_environment, pack_request, start_apart
from autograder.sandbox.endings import sentence
from autograder.worker import wire

# Not -I: it ignores PYTHONHASHSEED, and a submission that iterates over a set would answer otherwise in each run; it
# also hides packages of `pip install --user`, which is what pip does where the system's folder is not writable.
_COMMAND = ("-P", "-m", "autograder.worker")


class PortableWorker:
    """One process; see `autograder.sandbox.Worker` for the contract."""

    def __init__(self, memory_mb: int) -> None:
        self._command = [sys.executable, *_COMMAND, str(memory_mb)]
        self._folder = ""
        try:
            self._folder = tempfile.mkdtemp(prefix="autograder-")
            self._process = start_apart(
                self._command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                cwd=self._folder,
                env=clean_environment() | {"HOME": self._folder, "TMPDIR": self._folder},
            )
        except OSError as error:
            shutil.rmtree(self._folder, ignore_errors=True)
            raise self._not_started(str(error)) from error
        self._speaker: threading.Thread | None = None
        self._closed = threading.Event()
        self._ready = False
        self._asked = 0

    def ask(self, header: Mapping[str, Any], raw: bytes, *, seconds: float, max_raw: int) -> Frame:
        """See `autograder.sandbox.Worker.ask`."""
        if not self._ready:
            self._await_ready()
        self._asked += 1
        answer, data = self._exchange(pack_request(self._asked, header, raw), seconds, max_raw)
        if answer.get("id") != self._asked:
            raise self._lost(Verdict.CRASH, _("the process answered a question that was not asked"))
        return answer, data

    def close(self) -> None:
        """See `autograder.sandbox.Worker.close`."""
        self._kill()
        self._closed.set()
        if self._speaker is not None:
            self._speaker.join(timeout=1)
        if self._speaker is None or not self._speaker.is_alive():  # else closing would wait as the speaker does
            self._close_streams()
        shutil.rmtree(self._folder, ignore_errors=True)

    def _close_streams(self) -> None:
        for stream in (self._process.stdin, self._process.stdout, self._process.stderr):
            _close(stream)

    def _await_ready(self) -> None:
        try:
            self._exchange(b"", STARTUP_SECONDS, 0)
        except WorkerLost as error:
            raise self._not_started(f"{error.message}; it said: {self._errors_said() or 'nothing'}") from error
        # From here on nothing reads standard error, and the worker writes it to nowhere.
        self._ready = True

    def _not_started(self, why: str) -> SandboxError:
        return SandboxError(f"the worker process did not start: {why}; try `{' '.join(self._command)}`")

    def _errors_said(self) -> str:
        stream = self._process.stderr
        return stream.read(2000).decode(errors="replace").strip() if stream and not stream.closed else ""

    def _exchange(self, request: bytes, seconds: float, max_raw: int) -> Frame:
        """Send a request (none for the greeting) and read a frame; after the deadline the process is killed."""
        answer: Future[Frame] = Future()
        # A thread, because a pipe has no deadline; a daemon, because the pipe may be held open by a process that the
        # submission started and moved out of our process group, and then a read of it never ends.
        self._speaker = threading.Thread(target=self._speak, args=(answer, request, max_raw), daemon=True)
        self._speaker.start()
        try:
            return answer.result(timeout=seconds)
        except TimeoutError as error:
            limit = _("no answer within {seconds} s; is there a loop that does not end?").format(seconds=f"{seconds:g}")
            raise self._lost(Verdict.TIMEOUT, limit) from error
        except wire.ProtocolError as error:
            message = _("the process sent something that is no answer ({error})").format(error=error)
            raise self._lost(Verdict.CRASH, message) from error
        except wire.PeerGone as error:
            raise self._lost(Verdict.CRASH, self._how_it_ended()) from error

    def _speak(self, answer: Future[Frame], request: bytes, max_raw: int) -> None:
        assert self._process.stdin is not None  # noqa: S101  # both are pipes
        assert self._process.stdout is not None  # noqa: S101
        try:
            if request:
                wire.send(self._process.stdin, request)
            answer.set_result(wire.receive(self._process.stdout, max_raw))
        except BaseException as error:  # the waiting thread raises it
            answer.set_exception(error)
        if self._closed.is_set():  # `close` did not wait for this thread
            self._close_streams()

    def _lost(self, verdict: Verdict, message: str) -> WorkerLost:
        self._kill()
        return WorkerLost(verdict, message)

    def _how_it_ended(self) -> str:
        try:
            status = self._process.wait(timeout=1)
        except subprocess.TimeoutExpired:
            return _("the process closed its connection and went on running")
        self._kill_group()  # at once: while a process that it started lives, no other group gets its number
        return sentence(status)

    def _kill(self) -> None:
        if self._process.returncode is not None:  # reaped: its number may be another process's by now
            return
        self._kill_group()
        try:
            self._process.wait(timeout=10)
        except subprocess.TimeoutExpired as error:  # pragma: no cover  # a process in uninterruptible sleep
            raise SandboxError(f"worker process pid={self._process.pid} cannot be killed; end it by hand") from error

    def _kill_group(self) -> None:
        with contextlib.suppress(
            ProcessLookupError, PermissionError
        ):  # it has ended already, or has no group of its own
            if os.name == "posix":
                os.killpg(self._process.pid, signal.SIGKILL)
        self._process.kill()


class PortableSandbox:
    """Makes portable workers, one ahead of its use so that the next exercise need not wait for torch's import."""

    def __init__(self, memory_mb: int = 1024, *, lacking: str = "") -> None:
        self._memory_mb = memory_mb
        self._lacking = lacking  # what the system lacks for more
        self._spare: PortableWorker | None = None
        self._workers: weakref.WeakSet[PortableWorker] = weakref.WeakSet()
        self._lock = threading.Lock()

    def warm(self) -> None:
        """Start the worker that the next `worker` call will give out."""
        with self._lock:
            if self._spare is None:
                self._spare = self._start()

    def remember(self, blocks: Sequence[bytes]) -> None:
        """Nothing: each worker is a program of its own, which is told of cases when it is asked."""

    def worker(self) -> PortableWorker:
        """A worker that has run nothing yet."""
        with self._lock:
            worker, self._spare = self._spare, None
            return worker or self._start()

    def info(self) -> SandboxInfo:
        """Always level ``none``: a process of its own and a deadline, no more."""
        layers = {
            "process": "on",
            "deadline": "on",
            "environment": "scrubbed",
            "folder": "empty",
            "canary": "not tried: files, network and processes are open to a portable worker",
        }
        if self._lacking:
            layers["layers"] = f"missing: {self._lacking}"
        return SandboxInfo(level="none", layers=layers)

    def close(self) -> None:
        """End every worker that is left."""
        with self._lock:
            workers = list(self._workers)  # before the spare is let go: this set alone would not keep it
            self._spare = None
        for worker in workers:
            worker.close()

    def _start(self) -> PortableWorker:
        worker = PortableWorker(self._memory_mb)
        self._workers.add(worker)
        return worker


def _close(stream: IO[bytes] | None) -> None:
    if stream is not None:
        with contextlib.suppress(BrokenPipeError):  # unsent bytes of a request that the worker never read
            stream.close()
