"""Start, limit and end the processes that run learners' code; the only place that starts processes.

A sandbox deals in frames: what is in them is the business of `autograder.worker.codec` and of the grader.
"""

from __future__ import annotations

import os
import site
import subprocess
from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from autograder.errors import SandboxError
from autograder.result import SandboxInfo, Verdict
from autograder.worker import wire

STARTUP_SECONDS = 120.0  # importing torch takes 2 s; a machine under load has taken 30

Frame = tuple[dict[str, Any], bytes]


class WorkerLost(Exception):
    """The worker gave no valid answer and is dead now.

    Args:
        verdict: ``timeout`` or ``crash``.
        message: what happened, in words for the learner.

    """

    def __init__(self, verdict: Verdict, message: str) -> None:
        super().__init__(message)
        self.verdict = verdict
        self.message = message


class Worker(Protocol):
    """A process that runs the files of one submission, one after the other."""

    def ask(self, header: Mapping[str, Any], raw: bytes, *, seconds: float, max_raw: int) -> Frame:
        """Send one request and wait for its answer.

        Args:
            header: the request; ``id`` is added.
            raw: its bytes.
            seconds: limit for the whole exchange; dripping bytes does not extend it.
            max_raw: most bytes of raw data that the answer may hold.

        Raises:
            WorkerLost: no valid answer came; the process is dead.
            SandboxError: the process could not start, which is not the submission's fault.

        """

    def close(self) -> None:
        """End the process, at once and whatever it is doing."""


class Sandbox(Protocol):
    """Makes workers."""

    def worker(self) -> Worker:
        """A new worker that has run nothing yet."""

    def warm(self) -> None:
        """Begin starting a worker ahead of its use."""

    def remember(self, blocks: Sequence[bytes]) -> None:
        """Blocks of raw bytes that many workers will be asked about; a sandbox may keep them where its workers are."""

    def info(self) -> SandboxInfo:
        """Which layers keep a worker from harm, as really applied."""

    def close(self) -> None:
        """End every worker that is left."""


def pack_request(number: int, header: Mapping[str, Any], raw: bytes) -> bytes:
    """A request's frame; SandboxError where it cannot be sent, which is not the submission's fault."""
    try:
        return wire.pack({"id": number, **header}, raw, wire.MAX_REQUEST)
    except wire.ProtocolError as error:
        raise SandboxError(f"the request cannot be sent: {error}") from error


def clean_environment() -> dict[str, str]:
    """Nothing of the grader's environment but what a process of ours needs to start."""
    kept = {name: os.environ[name] for name in ("SYSTEMROOT", "LD_LIBRARY_PATH", "TMPDIR") if name in os.environ}
    return kept | {
        "PYTHONUSERBASE": site.getuserbase(),
        "PYTHONHASHSEED": "0",  # a submission that iterates over a set must answer alike in every run
        "OMP_NUM_THREADS": "1",
        # Tensors of a sweep come and go: to map and unmap their memory takes longer than to compute them.
        "MALLOC_MMAP_THRESHOLD_": str(32 << 20),
        "MALLOC_TRIM_THRESHOLD_": str(256 << 20),
        "OMP_THREAD_LIMIT": "1",  # torch.set_num_threads(2) then holds, and starts no thread, which a worker may not
        "LC_ALL": "C.UTF-8",
    }


def start_apart(
    command: Sequence[str],
    *,
    stdin: int,
    stdout: int,
    stderr: int | None,
    env: Mapping[str, str] | None = None,
    cwd: str | None = None,
    pass_fds: Sequence[int] = (),
) -> subprocess.Popen[bytes]:
    """Start a process of ours in a session of its own, so that Ctrl-C is the grader's and a kill reaches its children.

    Where the system refuses that, it gets a group of its own, and else it stays in ours.
    """
    options: dict[str, Any] = {"stdin": stdin, "stdout": stdout, "stderr": stderr, "env": env, "cwd": cwd}
    for apart in ({"start_new_session": True}, {"process_group": 0}) if os.name == "posix" else ():
        try:
            return subprocess.Popen(command, pass_fds=pass_fds, **options, **apart)  # noqa: S603  # one of ours
        except OSError as error:
            if error.filename is not None:  # it is the program that cannot be started
                raise
    return subprocess.Popen(command, pass_fds=pass_fds, **options)  # noqa: S603  # likewise
