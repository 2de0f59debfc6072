"""A sandbox without a process, for submissions of our own: the worker's code and the real frames, 100 times faster.

Mutants, and the bank of submissions, are graded thousands of times. It keeps nobody in: it is for files of our own.
What a process is for (deadlines, crashes, side effects on the interpreter) is tested with the portable worker.
"""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from typing import Any

import torch
from torch import Tensor, nn

from autograder.result import SandboxInfo
from autograder.worker import wire
from autograder.worker.serve import Servant

_PATCHED = (torch, Tensor, nn.Module)  # what files of the bank put something on


class InProcessWorker:
    """Answers by calling the worker's own code; what a file has put on torch is put back when it is closed."""

    def __init__(self) -> None:
        self._servant = Servant()
        self._before: list[dict[str, Any]] = []

    def ask(
        self, header: Mapping[str, Any], raw: bytes, *, seconds: float, max_raw: int
    ) -> tuple[dict[str, Any], bytes]:
        """See `autograder.sandbox.Worker.ask`."""
        sent = wire.pack({"id": 1, **header}, raw, wire.MAX_REQUEST)
        if header["op"] == "load":  # who loads nothing puts nothing back, least of all what another file has put there
            self._before = [dict(vars(holder)) for holder in _PATCHED]
        request = wire.receive(io.BytesIO(sent), max_header=wire.MAX_REQUEST)
        return wire.receive(io.BytesIO(wire.pack(*self._servant.answer(*request))), max_raw)

    def close(self) -> None:
        """Put back what was patched."""
        for holder, before in zip(_PATCHED, self._before, strict=False):
            now = dict(vars(holder))
            for name in now.keys() - before.keys():
                delattr(holder, name)
            for name, value in before.items():
                if now.get(name) is not value:
                    setattr(holder, name, value)


class InProcessSandbox:
    """Makes such workers."""

    def worker(self) -> InProcessWorker:
        """See `autograder.sandbox.Sandbox.worker`."""
        return InProcessWorker()

    def warm(self) -> None:
        """Nothing to start."""

    def remember(self, blocks: Sequence[bytes]) -> None:
        """Nothing: what is asked comes with the question."""

    def info(self) -> SandboxInfo:
        """No layer at all."""
        return SandboxInfo(level="none", layers={})

    def close(self) -> None:
        """Nothing to end."""
