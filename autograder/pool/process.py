"""Our side of a grader process."""

from __future__ import annotations

import contextlib
import subprocess
import sys
import time
from typing import IO

from autograder import errors
from autograder.pool.messages import Answer, Done, Failed, Order, Ready, Task
from autograder.result import RunInfo
from autograder.sandbox import start_apart
from autograder.sandbox.endings import sentence

_COMMAND = ("-P", "-m", "autograder.pool")
ENDED_SECONDS = 5.0  # in which a process ends that is told to; it ends its workers first


class GraderGone(Exception):
    """The process ended without an answer; the message says how."""


class GraderProcess:
    """One process with a grader, a zygote and their cases; not for two threads at once, but for `close`.

    Started at once, and waited for at the first use. It is no fork of this one: a fork of a process that has used
    torch's autograd hangs, and one of a process with threads may.
    """

    def __init__(self, order: Order) -> None:
        self._run: RunInfo | None = None
        command = [sys.executable, *_COMMAND]
        try:
            self._process = start_apart(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=None)
        except OSError as error:
            raise errors.SandboxError(f"no grader process: {error}; try `{' '.join(command)}`") from error
        with contextlib.suppress(GraderGone):  # `ready` says so
            self._send(order.line())

    def ready(self) -> RunInfo:
        """What it grades with, as soon as it can.

        Raises:
            GraderError: it cannot, for a reason that it gives.
            GraderGone: it ended without one.

        """
        if self._run is None:
            answer = self._receive()
            if not isinstance(answer, Ready):
                raise GraderGone(f"it said {answer.kind} before it was ready")
            self._run = answer.run
        return self._run

    def ask(self, task: Task) -> Done:
        """The answer to a task; raises like `ready`."""
        self.ready()
        self._send(task.line())
        answer = self._receive()
        if not isinstance(answer, Done):
            raise GraderGone(f"it said {answer.kind} where a report was asked for")
        return answer

    def release(self) -> None:
        """Tell it to end, and wait for nothing."""
        with contextlib.suppress(OSError):  # it has ended, and what it was sent last is lost
            self._pipe(self._process.stdin).close()

    def close(self, deadline: float | None = None) -> None:
        """End it, and with it its workers; by force at the deadline."""
        self.release()
        left = ENDED_SECONDS if deadline is None else max(0.0, deadline - time.monotonic())
        try:
            self._process.wait(timeout=left)
        except subprocess.TimeoutExpired:  # stopped, or swapped out; its zygote ends when it does
            self._process.kill()
            self._process.wait()
        self._pipe(self._process.stdout).close()

    def _send(self, line: bytes) -> None:
        stream = self._pipe(self._process.stdin)
        try:
            stream.write(line)
            stream.flush()
        except (OSError, ValueError) as error:  # ValueError: closed by `close`, in another thread
            raise self._gone() from error

    def _receive(self) -> Ready | Done:
        line = self._pipe(self._process.stdout).readline()
        if not line.endswith(b"\n"):
            raise self._gone()
        answer = Answer.model_validate_json(line).answer
        if isinstance(answer, Failed):
            raise _error(answer)
        return answer

    def _gone(self) -> GraderGone:
        try:
            code = self._process.wait(timeout=ENDED_SECONDS)
        except subprocess.TimeoutExpired:
            return GraderGone("it closed its connection and went on running")
        return GraderGone(sentence(code) if code < 0 else f"it ended with status {code}")

    @staticmethod
    def _pipe(stream: IO[bytes] | None) -> IO[bytes]:
        assert stream is not None  # noqa: S101  # both are pipes
        return stream


def _error(failed: Failed) -> errors.GraderError:
    kind = getattr(errors, failed.error, None)
    if isinstance(kind, type) and issubclass(kind, errors.GraderError):
        return kind(failed.message)
    return errors.GraderError(failed.message)
