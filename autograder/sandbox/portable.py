"""The portable worker: one plain ``python -I`` process a file, spoken to over pipes, killed on a deadline.

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
from collections.abc import Mapping
from typing import IO, Any, cast

from autograder.errors import SandboxError
from autograder.result import SandboxInfo, Verdict
from autograder.sandbox import WorkerLost
from autograder.worker import wire

STARTUP_SECONDS = 120.0  # importing torch takes 2 s; a machine under load has taken 30


class PortableWorker:
    """One process; see `autograder.sandbox.Worker` for the contract."""

    def __init__(self, memory_mb: int) -> None:
        self._folder = tempfile.mkdtemp(prefix="autograder-")
        self._process = subprocess.Popen(  # noqa: S603  # our own interpreter and module
            [sys.executable, "-I", "-m", "autograder.worker", str(memory_mb)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            cwd=self._folder,
            env=_environment(self._folder),
            start_new_session=os.name == "posix",  # so that a kill reaches what the worker started
        )
        self._ready = False
        self._asked = 0

    def ask(
        self, header: Mapping[str, Any], raw: bytes, *, seconds: float, max_raw: int
    ) -> tuple[dict[str, Any], bytes]:
        """See `autograder.sandbox.Worker.ask`."""
        if not self._ready:
            self._await_ready()
        self._asked += 1
        answer, data = self._exchange({"id": self._asked, **header}, raw, seconds, max_raw)
        if answer.get("id") != self._asked:
            raise self._lost(Verdict.CRASH, "the process answered a question that was not asked")
        return answer, data

    def close(self) -> None:
        """See `autograder.sandbox.Worker.close`."""
        self._kill()
        for stream in (self._process.stdin, self._process.stdout, self._process.stderr):
            _close(stream)
        shutil.rmtree(self._folder, ignore_errors=True)

    def _await_ready(self) -> None:
        try:
            self._exchange(None, b"", STARTUP_SECONDS, 0)
        except WorkerLost as error:
            said = self._errors_said()
            raise SandboxError(
                f"the worker process did not start: {error.message}; it said: {said or 'nothing'}; "
                f"try `{sys.executable} -I -m autograder.worker 1024`"
            ) from error
        # From here on nothing reads standard error, and the worker writes it to nowhere.
        self._ready = True

    def _errors_said(self) -> str:
        stream = self._process.stderr
        return stream.read(2000).decode(errors="replace").strip() if stream and not stream.closed else ""

    def _exchange(
        self, request: Mapping[str, Any] | None, raw: bytes, seconds: float, max_raw: int
    ) -> tuple[dict[str, Any], bytes]:
        """Send a request (none for the greeting) and read a frame before the deadline, which kills the process."""
        expired = threading.Event()

        def expire() -> None:
            expired.set()
            self._kill()

        timer = threading.Timer(seconds, expire)
        timer.daemon = True
        timer.start()
        try:
            if request is not None:
                wire.send(cast(Any, self._process.stdin), request, raw)
            return wire.receive(cast(Any, self._process.stdout), max_raw)
        except wire.ProtocolError as error:
            raise self._lost(
                Verdict.CRASH, f"the process sent something that is no answer ({error})"
            ) from error
        except wire.PeerGone as error:
            if expired.is_set():
                limit = f"no answer within {seconds:g} s; is there a loop that does not end?"
                raise self._lost(Verdict.TIMEOUT, limit) from error
            raise self._lost(Verdict.CRASH, self._how_it_ended()) from error
        finally:
            timer.cancel()

    def _lost(self, verdict: Verdict, message: str) -> WorkerLost:
        self._kill()
        return WorkerLost(verdict, message)

    def _how_it_ended(self) -> str:
        try:
            status = self._process.wait(timeout=1)
        except subprocess.TimeoutExpired:
            return "the process closed its connection and went on running"
        if status < 0:
            return f"the process was ended by {signal.Signals(-status).name}"
        return f"the code ended the process with status {status} instead of returning"

    def _kill(self) -> None:
        if self._process.returncode is not None:  # reaped: its number may be another process's by now
            return
        with contextlib.suppress(ProcessLookupError, PermissionError):  # it has ended already
            if os.name == "posix":
                os.killpg(self._process.pid, signal.SIGKILL)
            else:
                self._process.kill()
        try:
            self._process.wait(timeout=10)
        except subprocess.TimeoutExpired as error:  # pragma: no cover  # a process in uninterruptible sleep
            raise SandboxError(
                f"worker process pid={self._process.pid} cannot be killed; end it by hand"
            ) from error


class PortableSandbox:
    """Makes portable workers, one ahead of its use so that the next exercise need not wait for torch's import."""

    def __init__(self, memory_mb: int = 1024) -> None:
        self._memory_mb = memory_mb
        self._spare: PortableWorker | None = None
        self._lock = threading.Lock()

    def warm(self) -> None:
        """Start the worker that the next `worker` call will give out."""
        with self._lock:
            if self._spare is None:
                self._spare = PortableWorker(self._memory_mb)

    def worker(self) -> PortableWorker:
        """A worker that has run nothing yet."""
        with self._lock:
            worker, self._spare = self._spare, None
        return worker or PortableWorker(self._memory_mb)

    def info(self) -> SandboxInfo:
        """Always level ``none``: a process of its own and a deadline, no more."""
        layers = {"process": "on", "deadline": "on", "environment": "scrubbed", "folder": "empty"}
        return SandboxInfo(level="none", layers=layers)

    def close(self) -> None:
        """End the spare worker."""
        with self._lock:
            worker, self._spare = self._spare, None
        if worker is not None:
            worker.close()


def _environment(folder: str) -> dict[str, str]:
    """Nothing of the grader's environment but what a process needs to start."""
    kept = {name: os.environ[name] for name in ("SYSTEMROOT", "LD_LIBRARY_PATH") if name in os.environ}
    return kept | {
        "PYTHONHASHSEED": "0",
        "OMP_NUM_THREADS": "1",
        "HOME": folder,
        "TMPDIR": folder,
        "LC_ALL": "C.UTF-8",
    }


def _close(stream: IO[bytes] | None) -> None:
    if stream is not None:
        with contextlib.suppress(BrokenPipeError):  # unsent bytes of a request that the worker never read
            stream.close()
