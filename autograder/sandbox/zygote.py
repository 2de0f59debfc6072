"""The grader's side of the zygote: start it, have it fork, end it. Its own side is `autograder.worker.zygote`."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from autograder.errors import SandboxError
from autograder.sandbox import STARTUP_SECONDS, clean_environment, start_apart
from autograder.sandbox.endings import sentence

REAPED_SECONDS = 10.0  # in which a killed process is gone
_COMMAND = ("-P", "-m", "autograder.worker.zygote")  # not -I, for the reason that the portable worker gives


@dataclass(frozen=True)
class Limits:
    """What a worker may use in all its life, and the names of the layers it puts on."""

    memory_mb: int
    cpu_seconds: int
    layers: tuple[str, ...]


class Zygote:
    """The grader's side of the zygote process."""

    def __init__(self) -> None:
        self._control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._ready = False
        self._lock = threading.Lock()
        self._known: Mapping[bytes, int] = {}  # numbers of the blocks that workers forked from now on have
        self._command = [sys.executable, *_COMMAND, str(theirs.fileno())]
        with theirs:
            try:
                self._process = start_apart(
                    self._command,
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.DEVNULL,
                    stderr=subprocess.PIPE,
                    env=clean_environment(),
                    pass_fds=(theirs.fileno(),),
                )
            except OSError as error:
                self._control.close()
                raise self._not_started(str(error)) from error

    def remember(self, blocks: Sequence[bytes]) -> None:
        """Have it read these blocks of cases once, for all workers that it forks from now on."""
        try:
            memory = os.memfd_create("cases")
        except OSError:  # refused here: the blocks are sent each time
            return
        try:
            with open(memory, "wb", closefd=False) as file:
                file.writelines(len(block).to_bytes(8, "little") + block for block in blocks)
            with self._lock:
                socket.send_fds(self._control, [json.dumps({"cases": len(blocks)}).encode()], [memory])
                self._known = {block: number for number, block in enumerate(blocks)}
        except OSError:  # it has ended, as `fork` will say, or no such file can be written: the blocks are sent then
            pass
        finally:
            os.close(memory)

    def fork(self, limits: Limits, connection: socket.socket, line: socket.socket) -> Mapping[bytes, int]:
        """Ask for a worker with these two descriptors; what it will know, by number.

        Raises:
            SandboxError: the zygote is not there.

        """
        request = {"memory_mb": limits.memory_mb, "cpu_seconds": limits.cpu_seconds, "layers": limits.layers}
        with self._lock:
            if not self._ready:
                self._await_ready()
            try:
                socket.send_fds(self._control, [json.dumps(request).encode()], [connection.fileno(), line.fileno()])
            except OSError as error:
                raise SandboxError(f"the zygote has ended ({error}); grade again") from error
            return self._known

    def alive(self) -> bool:
        """Whether it can still fork."""
        return self._process.poll() is None

    def close(self) -> None:
        """End it; it ends its workers first."""
        self._control.close()
        if not self._ready:  # it would import torch to its end before it looks
            self._process.kill()
        try:
            self._process.wait(timeout=REAPED_SECONDS)
        except subprocess.TimeoutExpired:  # pragma: no cover  # stopped, or swapped out
            self._process.kill()
            self._process.wait()
        if self._process.stderr is not None:
            self._process.stderr.close()

    def _await_ready(self) -> None:
        self._control.settimeout(STARTUP_SECONDS)
        try:
            message = self._control.recv(1 << 12)
        except TimeoutError as error:
            raise self._not_started(f"no sign of life within {STARTUP_SECONDS:g} s") from error
        if not message:
            self._process.wait()
            said = self._process.stderr.read(2000).decode(errors="replace").strip() if self._process.stderr else ""
            raise self._not_started(f"{sentence(self._process.returncode)}; it said: {said or 'nothing'}")
        threads = json.loads(message)["threads"]
        if threads != 1:  # a child has one thread only, and waits for ever for what the others hold
            raise self._not_started(f"it has threads={threads} after importing torch, and forking needs 1")
        self._ready = True

    def _not_started(self, why: str) -> SandboxError:
        return SandboxError(f"the zygote did not start: {why}; try `{' '.join(self._command)}`")
